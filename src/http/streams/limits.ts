/** How much one address, one socket and one client that does not read may hold. */
export interface StreamLimits {
  /** Sockets and event streams that one address may have at once. */
  connectionsPerAddress: number;
  /** Operations that one socket may have at once. */
  operationsPerSocket: number;
  /** Bytes that may wait to be sent on one socket. */
  bufferBytes: number;
  /** How long a client may read nothing of what waits for it. */
  stallMs: number;
}

/** Half a second to five: the time that a server takes to be there again, and spread over enough of it. */
export function restartDelayMs(): number {
  return 500 + Math.random() * 4500;
}
