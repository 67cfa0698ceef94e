import type { IncomingMessage } from 'node:http';

export class BodyTooLargeError extends Error {}

/** The rest of the body did not come in time. */
export class BodyTooSlowError extends Error {}

/** The sender went away before it had said everything. */
export class BodyCutOffError extends Error {}

/** How long a body may take: agents that we know of give up long before. */
const MAX_MS = 20_000;

/**
 * A request's whole body. The connection is left as it is, so that whoever said too much can be told so.
 *
 * @throws {BodyTooLargeError} as soon as it is known to exceed the limit, announced or not.
 * @throws {BodyTooSlowError | BodyCutOffError}
 */
export function readBody(request: IncomingMessage, limit: number, maxMs: number = MAX_MS): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(new BodyTooLargeError());
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => reject(new BodyTooSlowError()), maxMs);
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) reject(new BodyTooLargeError());
    else chunks.push(chunk);
  };
  request.on('data', take);
  request.once('end', () => resolve(Buffer.concat(chunks)));
  request.once('close', () => reject(new BodyCutOffError()));
  request.once('error', () => reject(new BodyCutOffError()));
  return promise.finally(() => {
    clearTimeout(timer);
    // What still comes is let go by: nobody keeps it.
    request.off('data', take);
    chunks.length = 0;
    request.resume();
  });
}
