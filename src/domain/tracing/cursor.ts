/**
 * A place in the event log, as consoles keep it: which life of the log, and the number of the last event seen. The life
 * changes when a database starts anew, so that a number from another one is never taken for ours.
 */
export interface Cursor {
  epoch: string;
  seq: bigint;
}

export function formatCursor({ epoch, seq }: Cursor): string {
  return Buffer.from(`${epoch}:${seq}`).toString('base64url');
}

/** Null for text that is no cursor. */
export function parseCursor(text: string): Cursor | null {
  if (text.length > 120) return null;
  const [epoch = '', seq = '', ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(':');
  return epoch !== '' && /^\d{1,18}$/.test(seq) && rest.length === 0 ? { epoch, seq: BigInt(seq) } : null;
}
