import type { AgentNotSentCode } from '#domain/operations/agent-gateway.ts';
import { describeFailure as describeNetworkFailure } from '#lib/describe-failure.ts';

/** The connection was not good enough to send anything over it. The message is fit for people. */
export class AgentNotSentError extends Error {
  readonly code: AgentNotSentCode;
  /** Whether nobody said no, and time ran out. */
  readonly timedOut: boolean;

  constructor(code: AgentNotSentCode, message: string, { timedOut = false } = {}) {
    super(message);
    this.name = 'AgentNotSentError';
    this.code = code;
    this.timedOut = timedOut;
  }
}

/** We gave up on a call ourselves: its time ran out, or the gateway was closed. The message is fit for people. */
export class AgentCallAbortedError extends Error {
  readonly code = 'AGENT_CALL_ABORTED';

  constructor(message: string) {
    super(message);
    this.name = 'AgentCallAbortedError';
  }
}

/** A few words for a failure, to end a sentence with; our own errors say it themselves. */
export function describeFailure(error: unknown): string {
  if (error instanceof AgentNotSentError || error instanceof AgentCallAbortedError) return error.message;
  return describeNetworkFailure(error);
}

const TIMEOUTS = new Set(['AGENT_CALL_ABORTED', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/** Whether a connection failed by nobody having answered in time, and not by somebody’s no. */
export function isTimeout(error: unknown): boolean {
  if (error instanceof AgentNotSentError) return error.timedOut;
  return error instanceof Error && 'code' in error && TIMEOUTS.has(String(error.code));
}
