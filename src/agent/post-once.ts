import { Client } from 'undici';
import type { Dispatcher } from 'undici';
import type { AgentNotSentCode } from '#domain/operations/agent-gateway.ts';
import type { AgentConnectorOptions } from './create-agent-connector.ts';
import { createAgentConnector } from './create-agent-connector.ts';
import { AgentNotSentError, describeFailure, isTimeout } from './errors.ts';
import type { AgentAnswer, AgentRequest } from './protocol.ts';

/** What became of one call: `not-sent` proves that no byte of it left; `unanswered` that some may have. */
export type Exchange =
  | { outcome: 'answered'; answer: AgentAnswer; certificateSha256: string | null }
  | { outcome: 'not-sent'; code: AgentNotSentCode; message: string; timedOut: boolean }
  | { outcome: 'unanswered'; reason: string };

interface PostOptions extends Omit<AgentConnectorOptions, 'onConnected'> {
  /** The port asked for: part of the Host header even where a connect-to rule leads elsewhere. */
  port: number;
  request: AgentRequest;
  maxAnswerBytes: number;
}

/**
 * Makes one call, nearly always a POST, over a connection of its own, which is closed before this resolves. Never sends twice, follows no
 * redirect, knows no proxy. Resolves, never rejects; ends at the latest when `signal` aborts.
 *
 * The connection is always fresh: on one kept from an earlier call, an agent that was switched off in between would show
 * only after the order was written, and a plain «unreachable» would become «unknown».
 */
export async function postOnce(options: PostOptions): Promise<Exchange> {
  const { peer, port, request, signal, maxAnswerBytes } = options;
  let certificateSha256: string | null = null;
  const connect = createAgentConnector({ ...options, onConnected: (seen) => (certificateSha256 = seen) });
  // No timeouts here: undici's are reset by every byte that drips in. The signal is the one deadline for it all.
  const client = new Client(`https://${peer.ip}:${port}`, {
    connect,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxAnswerBytes,
  });
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  client.dispatch(
    {
      path: request.path,
      method: request.method ?? 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(request.authorization === undefined ? {} : { authorization: request.authorization }),
      },
      body: request.method === 'GET' ? null : request.body,
      // Says `Connection: close`, which spares small agents a thread that waits for more.
      reset: true,
      idempotent: false,
    },
    createExchangeHandler(
      (answer) => resolve({ outcome: 'answered', answer, certificateSha256 }),
      (error, isStarted) =>
        resolve(isStarted ? { outcome: 'unanswered', reason: describe(error, signal) } : toNotSent(error, signal)),
    ),
  );
  try {
    return await promise;
  } finally {
    await client.destroy();
  }
}

/**
 * Listens to one request. Whether it was started is the line between «nothing ran» and «it may have»: undici says
 * onRequestStart right before it writes the first byte, in the same tick, and writes nothing without saying so.
 */
function createExchangeHandler(
  onAnswer: (answer: AgentAnswer) => void,
  onFailure: (error: Error, isStarted: boolean) => void,
): Dispatcher.DispatchHandler {
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
      onAnswer({ status, body: Buffer.concat(chunks) });
    },
    onResponseError(_controller, error) {
      onFailure(error, isStarted);
    },
  };
}

function toNotSent(error: Error, signal: AbortSignal): Exchange {
  if (error instanceof AgentNotSentError) {
    return { outcome: 'not-sent', code: error.code, message: error.message, timedOut: error.timedOut };
  }
  return {
    outcome: 'not-sent',
    code: 'AGENT_UNREACHABLE',
    timedOut: signal.aborted || isTimeout(error),
    message: `The agent could not be reached: ${describe(error, signal)}.`,
  };
}

function describe(error: Error, signal: AbortSignal): string {
  return describeFailure(signal.aborted ? signal.reason : error);
}
