import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { RetryOptions } from './backoff.ts';
import { ClientClosedError } from './errors.ts';
import type { ResumableDocument } from './resumable.ts';
import { resumeStream } from './resume-stream.ts';
import type { Stream, StreamStatus } from './resume-stream.ts';
import { sendRequest } from './send-request.ts';
import { createSockets } from './sockets.ts';
import type { WebSocketConstructor } from './sockets.ts';

type Headers = Readonly<Record<string, string>>;

export interface OgGraphClientOptions {
  /** Of `/graphql`; in a browser it may be relative to the page. */
  url: string;
  /** Where there is no global one, or not the right one. */
  webSocket?: WebSocketConstructor;
  fetch?: typeof globalThis.fetch;
  /** Sent with each request, and as the first message of each socket. A function is asked anew each time. */
  headers?: Headers | (() => Headers | Promise<Headers>);
  /**
   * Sent as `Authorization: Bearer …`, and asked for anew for each request and each socket. A socket is shown a new one before the last
   * one ends, so that its streams go on.
   */
  token?: () => string | Promise<string>;
  retry?: RetryOptions;
  /** How long a server may take to greet; 15 s when left out. */
  openTimeoutMs?: number;
  /** How often a silent server is asked whether it is still there; it has as long to answer. 15 s when left out. */
  keepAliveMs?: number;
}

export interface SubscribeOptions {
  /** The cursor after which to begin; from now on when left out. */
  after?: string;
  /** Ends the stream: what was not taken yet is thrown away, and nothing is thrown. */
  signal?: AbortSignal;
  /** Told when the stream runs, and when and why it has to come back. */
  onStatus?: (status: StreamStatus) => void;
}

/** A client of ogGraph, for Node and for browsers. */
export interface OgGraphClient {
  /** @throws {AnsweredWithErrorsError | UnreachableError} and the signal's reason. Nothing is sent twice. */
  request: <TResult, TVariables extends object>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
    options?: { signal?: AbortSignal },
  ) => Promise<TResult>;
  /**
   * Every event once and in order, through lost connections and servers that restart. What cannot be made up for is told by a
   * `StreamReset` among what is yielded: take a snapshot then; the stream goes on after it.
   *
   * It ends when the server says that it is over. The loop over it throws for what another attempt would not change:
   * {AnsweredWithErrorsError | ConnectionRefusedError | DocumentNotResumableError | UnreachableError}.
   */
  subscribe: <TResult extends object, TVariables extends object>(
    document: ResumableDocument<TResult, TVariables>,
    variables: Omit<TVariables, 'after'>,
    options?: SubscribeOptions,
  ) => Stream<TResult>;
  /** Ends all streams and requests, as their signals would. */
  close: () => void;
}

export function createOgGraphClient(options: OgGraphClientOptions): OgGraphClient {
  const url = new URL(options.url, (globalThis as { location?: { href: string } }).location?.href);
  const closing = new AbortController();
  const { token } = options;
  const authorization = token === undefined ? undefined : async () => `Bearer ${await token()}`;
  const readHeaders = async (): Promise<Record<string, string>> => {
    const headers = typeof options.headers === 'function' ? await options.headers() : (options.headers ?? {});
    const lowerCased = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    return authorization === undefined ? lowerCased : { ...lowerCased, authorization: await authorization() };
  };
  const joinSignals = (signal: AbortSignal | undefined) =>
    signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
  const sockets = createSockets({
    url: url.href.replace(/^http/, 'ws'),
    webSocket: options.webSocket ?? globalThis.WebSocket,
    headers: readHeaders,
    authorization,
    openTimeoutMs: options.openTimeoutMs ?? 15_000,
    keepAliveMs: options.keepAliveMs ?? 15_000,
  });
  return {
    async request<TResult>(document: DocumentNode, variables: object, { signal }: { signal?: AbortSignal } = {}) {
      if (closing.signal.aborted) throw new ClientClosedError();
      return (await sendRequest({
        fetch: options.fetch ?? globalThis.fetch,
        url: url.href,
        headers: await readHeaders(),
        body: { query: print(document), variables },
        signal: joinSignals(signal),
      })) as TResult;
    },
    subscribe<TResult extends object>(
      document: DocumentNode,
      variables: object,
      { after, signal, onStatus = () => {} }: SubscribeOptions = {},
    ) {
      if (closing.signal.aborted) throw new ClientClosedError();
      return resumeStream<TResult>({
        query: print(document),
        variables: { ...variables },
        after,
        signal: joinSignals(signal),
        onStatus,
        sockets,
        retry: options.retry,
      });
    },
    close: () => closing.abort(new ClientClosedError()),
  };
}
