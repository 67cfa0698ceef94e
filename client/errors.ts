/** An error as GraphQL servers send them. */
export interface GraphqlErrorAnswer {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export type OgGraphClientErrorCode =
  | 'ANSWERED_WITH_ERRORS'
  | 'CLIENT_CLOSED'
  | 'CONNECTION_REFUSED'
  | 'DOCUMENT_NOT_RESUMABLE'
  | 'UNREACHABLE';

/** Everything that this client throws, but for what an abort signal gives as its reason. */
export abstract class OgGraphClientError extends Error {
  abstract readonly code: OgGraphClientErrorCode;
}

/** The server has understood and says no: a bad document, a variable of the wrong type, something that is not allowed. */
export class AnsweredWithErrorsError extends OgGraphClientError {
  override readonly name = 'AnsweredWithErrorsError';
  readonly code = 'ANSWERED_WITH_ERRORS';
  readonly errors: readonly GraphqlErrorAnswer[];

  constructor(errors: readonly GraphqlErrorAnswer[]) {
    super(errors.map(({ message }) => message).join('; ') || 'The server answered with neither data nor an error.');
    this.errors = errors;
  }
}

/** The server has closed the socket for a reason that another attempt would meet again, such as a token that is not good. */
export class ConnectionRefusedError extends OgGraphClientError {
  override readonly name = 'ConnectionRefusedError';
  readonly code = 'CONNECTION_REFUSED';
  readonly closeCode: number;
  readonly reason: string;

  constructor(closeCode: number, reason: string) {
    super(`The server closed the connection: ${closeCode} ${reason}`.trim());
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/** No server, or none that speaks GraphQL: of a stream, as often as `retry.attempts` says. */
export class UnreachableError extends OgGraphClientError {
  override readonly name = 'UnreachableError';
  readonly code = 'UNREACHABLE';
}

/** What the stream yields has no `cursor`, or no `__typename`: it could not be taken up again. */
export class DocumentNotResumableError extends OgGraphClientError {
  override readonly name = 'DocumentNotResumableError';
  readonly code = 'DOCUMENT_NOT_RESUMABLE';

  constructor() {
    super('A document to subscribe to selects __typename and cursor of what the stream yields.');
  }
}

/** `close` was called. */
export class ClientClosedError extends OgGraphClientError {
  override readonly name = 'ClientClosedError';
  readonly code = 'CLIENT_CLOSED';

  constructor() {
    super('The client was closed.');
  }
}
