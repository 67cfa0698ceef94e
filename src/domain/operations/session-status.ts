import type { TraceError } from '#domain/tracing/trace-machine.ts';
import type { SessionStatus } from '#prisma/generated/client/enums.ts';

export const LIVE_SESSIONS = ['GATHERING', 'STARTING', 'SENDING'] as const satisfies readonly SessionStatus[];

/** Those for which the repository sends, or may be about to. */
export const STARTED_SESSIONS = ['STARTING', 'SENDING'] as const satisfies readonly SessionStatus[];

export const ENDED_SESSIONS = ['FINISHED', 'FAILED', 'CANCELLED'] as const satisfies readonly SessionStatus[];

/** Why an order to receive is not sent where its stream has failed. */
export function describeFailure(errorMessage: string | null): string {
  return `The repository does not send: ${errorMessage ?? UNKNOWN_CAUSE}`;
}

const UNKNOWN_CAUSE = 'Nobody knows why.';

/** Why the job of a receiver is to end, where that is its session’s doing. */
export function findFailure(
  session: { status: SessionStatus; errorMessage: string | null } | null,
): Omit<TraceError, 'engineCode'> | undefined {
  if (session?.status !== 'FAILED') return undefined;
  return { code: 'TRANSFER_FAILED', message: session.errorMessage ?? UNKNOWN_CAUSE };
}
