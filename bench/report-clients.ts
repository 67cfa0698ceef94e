/** The address of the client that has the job of this number. */
export function addressOf(job: number): string {
  return `10.9.${job >> 8}.${job & 255}`;
}
