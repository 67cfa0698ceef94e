import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { Client, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { AddressPolicy } from '#agent/allowed-networks.ts';
import type { Endpoint } from '#agent/connect-to.ts';
import { CallAbortedError, describeFailure } from '#lib/describe-failure.ts';
import type { RepositoryAnswer, RepositoryRequest } from './protocol.ts';

/** What became of one call: `not-sent` proves that no byte of it left; `unanswered` that some may have. */
export type Exchange =
  | { outcome: 'answered'; answer: RepositoryAnswer }
  | { outcome: 'not-sent'; reason: string }
  | { outcome: 'unanswered'; reason: string };

export interface CallOptions {
  /** Of the repository itself, with scheme and port: what the Host header and a certificate have to fit. */
  origin: string;
  /** Where to connect: the repository's own address, or where a connect-to rule leads. */
  endpoint: Endpoint;
  request: RepositoryRequest;
  /** Asked again of where the connection has really led, unless a rule leads it. */
  isAddressAllowed: AddressPolicy;
  connectTimeoutMs: number;
  maxAnswerBytes: number;
  /** The one deadline for it all. */
  signal: AbortSignal;
}

/**
 * Sends one request over a connection of its own, which is closed before this resolves. Never sends twice, follows no redirect, knows no
 * proxy. Resolves, never rejects; ends at the latest when `signal` aborts.
 *
 * The connection is always fresh: on one kept from an earlier call, a repository that was switched off in between would show only after
 * the request was written, and a plain «unreachable» would become «unknown».
 */
export async function callOnce({ origin, request, signal, maxAnswerBytes, ...way }: CallOptions): Promise<Exchange> {
  // No timeouts here: undici's are reset by every byte that drips in. The signal ends the socket at whatever stage it is.
  const client = new Client(origin, {
    connect: createConnector({ ...way, host: new URL(origin).hostname }, signal),
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxAnswerBytes,
  });
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const { method, path, body } = request;
  client.dispatch(
    {
      path,
      method,
      headers: { accept: 'application/json', ...(body === null ? {} : { 'content-type': 'application/json' }) },
      body,
      reset: true,
      idempotent: false,
    },
    createExchangeHandler(resolve, signal),
  );
  try {
    return await promise;
  } finally {
    await client.destroy();
  }
}

/** Connects once: undici would connect again by itself, and send again, after some ways of losing a socket. */
function createConnector(
  {
    host,
    endpoint,
    isAddressAllowed,
    connectTimeoutMs,
  }: Pick<CallOptions, 'endpoint' | 'isAddressAllowed' | 'connectTimeoutMs'> & { host: string },
  signal: AbortSignal,
): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    maxCachedSessions: 0,
    timeout: connectTimeoutMs,
    signal,
    // The certificate has to be good for the repository, wherever a rule leads the connection.
    checkServerIdentity: (_connectedTo: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
  });
  let hasConnected = false;
  return (asked, done) => {
    if (hasConnected) {
      done(Object.assign(new Error('connection closed'), { code: 'UND_ERR_SOCKET' }), null);
      return;
    }
    hasConnected = true;
    connect({ ...asked, hostname: endpoint.host, port: String(endpoint.port) }, (error, socket) => {
      if (error !== null) return done(error, null);
      if (endpoint.host === host && !isAddressAllowed(socket.remoteAddress ?? '')) {
        socket.destroy();
        return done(
          new CallAbortedError('the connection led to an address where repositories may not be called'),
          null,
        );
      }
      done(null, socket);
    });
  };
}

/**
 * Listens to one request. Whether it was started is the line between «nothing was done» and «it may have been»: undici says
 * onRequestStart right before it writes the first byte, in the same tick, and writes nothing without saying so.
 */
function createExchangeHandler(resolve: (exchange: Exchange) => void, signal: AbortSignal): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let isStarted = false;
  let status = 0;
  return {
    onRequestStart() {
      isStarted = true;
    },
    onResponseStart(_controller, statusCode) {
      status = statusCode;
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      resolve({ outcome: 'answered', answer: { status, body: Buffer.concat(chunks) } });
    },
    onResponseError(_controller, error) {
      const reason = describeFailure(signal.aborted ? signal.reason : error);
      resolve({ outcome: isStarted ? 'unanswered' : 'not-sent', reason });
    },
  };
}
