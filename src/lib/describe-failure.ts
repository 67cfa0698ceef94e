/** We gave up on a call ourselves: its time ran out, or its gateway was closed. The message is fit for people. */
export class CallAbortedError extends Error {
  readonly code = 'CALL_ABORTED';

  constructor(message: string) {
    super(message);
    this.name = 'CallAbortedError';
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this server may not connect there',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_OVERFLOW: 'the answer was too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut short',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer was too large',
  UND_ERR_SOCKET: 'connection closed',
};

/**
 * A few words for a failure of the network, TLS or HTTP, to end a sentence with.
 *
 * Built from the error's code alone: the texts of such errors carry addresses, paths and library internals.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof CallAbortedError) return error.message;
  if (error instanceof Error && error.name === 'HTTPParserError') return 'the answer was not HTTP';
  const code = readCode(error);
  if (code === null) return 'connection failed';
  const reason = REASONS[code];
  if (reason !== undefined) return reason;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return `the TLS handshake failed (${code})`;
  }
  return `connection failed (${code})`;
}

function readCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^[A-Z][A-Z0-9_]{0,59}$/.test(error.code) ? error.code : null;
}
