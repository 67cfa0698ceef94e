import type { FormattedExecutionResult } from 'graphql';
import { createBackoff } from './backoff.ts';
import type { RetryOptions } from './backoff.ts';
import { askedToWait, meaningOfClose } from './close-codes.ts';
import { AnsweredWithErrorsError, ConnectionRefusedError, OgGraphClientError, UnreachableError } from './errors.ts';
import type { GraphqlErrorAnswer } from './errors.ts';
import { createMailbox } from './mailbox.ts';
import { pause } from './pause.ts';
import { createSeen, readPayload } from './resumable.ts';
import type { Sockets } from './sockets.ts';

export type StreamStatus =
  | { state: 'live' }
  | { state: 'reconnecting'; attempt: number; delayMs: number; cause: string };

/** What a subscription yields. It has begun when it is made, and ends with the loop over it, `return` or its signal. */
export interface Stream<T> extends AsyncIterable<T> {
  next: () => Promise<IteratorResult<T, undefined>>;
  return: () => Promise<IteratorResult<T, undefined>>;
  /**
   * Resolves once it is fixed from where it runs and the server has been asked: whatever happens from now on is in it. A snapshot that
   * is taken now has no gap to it. Rejects when the stream fails before.
   */
  started: Promise<void>;
  [Symbol.asyncIterator]: () => Stream<T>;
}

export interface StreamRequest {
  query: string;
  variables: Readonly<Record<string, unknown>>;
  after: string | undefined;
  signal: AbortSignal;
  onStatus: (status: StreamStatus) => void;
  sockets: Sockets;
  retry: RetryOptions | undefined;
}

/** How one subscription ended, of the many that a stream may be made of. */
type Ending =
  | { kind: 'over' | 'reset' | 'full' | 'stopped' }
  | { kind: 'refused'; error: Error }
  | { kind: 'lost'; cause: string; atLeastMs?: number; errors?: readonly GraphqlErrorAnswer[] };

/**
 * No cursor at all: the server answers it with a reset, which says where the log stands. A stream that is to run from now on knows by that
 * from where to go on, even when its first connection is lost before anything has happened.
 */
const WHERE_IS_NOW = '';
/** How much may wait to be taken. Over it, the server is told to stop; once all is taken, the rest is asked for. */
const MAX_WAITING = 2000;
/** Errors of the server's own pass, mostly. Where one is answered so often for the same event, it does not. */
const MAX_SERVER_ERRORS = 5;
/** A connection that has lasted this long was a good one, even when nothing happened on it. */
const STEADY_MS = 10_000;

/** Follows a subscription through any number of connections: every event once, in order, or a reset that says that some are lost. */
export function resumeStream<T extends object>(request: StreamRequest): Stream<T> {
  const { query, variables, signal, onStatus, sockets, retry } = request;
  const mailbox = createMailbox<T>();
  const stopping = new AbortController();
  const started = Promise.withResolvers<void>();
  started.promise.catch(() => {});
  const backoff = createBackoff(retry);
  const seen = createSeen();
  let cursor = request.after;
  let serverErrors = 0;
  let isLive = false;

  const stop = () => {
    signal.removeEventListener('abort', stop);
    mailbox.discard();
    stopping.abort();
    started.resolve();
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();

  /** One subscription, to its end. */
  function listen(): Promise<Ending> {
    if (stopping.signal.aborted) return Promise.resolve({ kind: 'stopped' });
    const { promise, resolve } = Promise.withResolvers<Ending>();
    let isOver = false;
    let liveSince: number | undefined;
    const end = (ending: Ending) => {
      if (isOver) return;
      isOver = true;
      if (liveSince !== undefined && performance.now() - liveSince > STEADY_MS) backoff.reset();
      stopping.signal.removeEventListener('abort', onStop);
      // Harmless where it has ended already; the client knows its own subscription only after this turn.
      queueMicrotask(() => unsubscribe());
      resolve(ending);
    };
    const onStop = () => end({ kind: 'stopped' });
    const next = (result: FormattedExecutionResult) => {
      if (isOver) return;
      if (result.errors !== undefined || result.data === null || result.data === undefined) {
        return end(toEnding(result.errors ?? []));
      }
      try {
        take(result.data as T, end);
      } catch (error) {
        end({ kind: 'refused', error: error as Error });
      }
    };
    const connection = sockets.connect();
    const unsubscribe = connection.subscribe(
      { query, variables: { ...variables, after: cursor ?? WHERE_IS_NOW } },
      {
        next: (result) => next(result as FormattedExecutionResult),
        error: (error) => end(toEnding(error)),
        complete: () => end({ kind: 'over' }),
      },
    );
    stopping.signal.addEventListener('abort', onStop);
    void connection.ready.then(() => {
      if (isOver || cursor === undefined) return;
      liveSince = performance.now();
      if (!isLive) onStatus({ state: 'live' });
      isLive = true;
      started.resolve();
    });
    return promise;
  }

  function take(data: T, end: (ending: Ending) => void): void {
    const payload = readPayload(data);
    if (payload.__typename === 'StreamReset') {
      if (cursor !== undefined) mailbox.put(data);
      seen.forget();
      cursor = payload.cursor;
      return end({ kind: 'reset' });
    }
    if (!seen.isNew(payload.cursor)) return;
    cursor = payload.cursor;
    serverErrors = 0;
    backoff.reset();
    mailbox.put(data);
    if (mailbox.size() >= MAX_WAITING) end({ kind: 'full' });
  }

  /** Waits before the next attempt. @returns whether there is one. */
  async function waitToRetry(cause: string, atLeastMs = 0): Promise<boolean> {
    const next = backoff.next();
    if (next === null) return false;
    const delayMs = Math.max(next, atLeastMs);
    isLive = false;
    onStatus({ state: 'reconnecting', attempt: backoff.failures(), delayMs, cause });
    await pause(delayMs, stopping.signal);
    return true;
  }

  async function run(): Promise<void> {
    for (let wasReset = false; ;) {
      const ending = await listen();
      switch (ending.kind) {
        case 'over':
          return mailbox.end();
        case 'stopped':
          return;
        case 'refused':
          throw ending.error;
        case 'full':
          await mailbox.emptied();
          break;
        case 'reset':
          // The cursor of a reset is good. One after the other, with nothing between them, must not become a race.
          if (wasReset && !(await waitToRetry('reset'))) throw new UnreachableError('The stream is reset each time.');
          break;
        case 'lost':
          if (ending.errors !== undefined) serverErrors += 1;
          if (ending.errors !== undefined && serverErrors >= MAX_SERVER_ERRORS) {
            throw new AnsweredWithErrorsError(ending.errors);
          }
          if (!(await waitToRetry(ending.cause, ending.atLeastMs))) throw new UnreachableError(ending.cause);
          break;
      }
      wasReset = ending.kind === 'reset';
    }
  }

  const letGo = sockets.hold();
  void run()
    .catch((error: unknown) => {
      mailbox.fail(error as Error);
      started.reject(error);
    })
    .finally(() => {
      signal.removeEventListener('abort', stop);
      started.resolve();
      letGo();
    });

  const stream: Stream<T> = {
    started: started.promise,
    next: () => mailbox.take(),
    return() {
      stop();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

/** @param error what came instead of a result: GraphQL errors, the event that closed the socket, or what went wrong with it. */
function toEnding(error: unknown): Ending {
  if (Array.isArray(error)) {
    const errors = error as readonly GraphqlErrorAnswer[];
    const answered = new AnsweredWithErrorsError(errors);
    const isServersOwn = errors.every(({ extensions }) => extensions?.['code'] === 'INTERNAL_SERVER_ERROR');
    return isServersOwn ? { kind: 'lost', cause: answered.message, errors } : { kind: 'refused', error: answered };
  }
  if (error instanceof OgGraphClientError) return { kind: 'refused', error };
  const { code, reason = '', message } = error as { code?: unknown; reason?: string; message?: string };
  if (typeof code !== 'number') return { kind: 'lost', cause: message || 'the connection failed' };
  const meaning = meaningOfClose(code, reason);
  if (meaning === 'over') return { kind: 'over' };
  if (meaning === 'refused') return { kind: 'refused', error: new ConnectionRefusedError(code, reason) };
  return { kind: 'lost', cause: `${code} ${reason}`.trim(), atLeastMs: askedToWait(reason) };
}
