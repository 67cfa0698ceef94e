import type { ClientStatus } from '#domain/inventory/client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import type { SessionStatus } from '#prisma/generated/client/enums.ts';
import type { TraceStatus } from './trace-status.ts';

const EVENT_KINDS = [
  'CREATED',
  'SENDING',
  'ACCEPTED',
  'NOT_SENT',
  'REFUSED',
  'UNANSWERED',
  'ADOPTED',
  'PROGRESS',
  'OUTPUT',
  'FINISHED',
  'LOST',
  'CANCELLED',
  'RESOLVED',
  'LATE_REPORT',
  'CLIENT_STATUS',
  'WAITING',
  'RELEASED',
  'CANCELLING',
  'CANCEL_FAILED',
  'OPERATION_CHANGED',
  'SESSION_CHANGED',
  'ROOM_CHANGED',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** One row of the event log: what changed, and the ids by which subscribers choose what they hear. */
export interface LoggedEvent {
  seq: bigint;
  at: Date;
  kind: EventKind;
  operationId: string | null;
  traceId: string | null;
  clientId: string | null;
  roomId: string | null;
  action: Action | null;
  traceStatus: TraceStatus | null;
  clientStatus: ClientStatus | null;
  progress: number | null;
  message: string | null;
  sessionId: string | null;
  sessionStatus: SessionStatus | null;
}

/** What the database appends by itself as a transaction commits: see the triggers in the migrations. */
export type AppendedByDatabase = 'OPERATION_CHANGED' | 'SESSION_CHANGED' | 'ROOM_CHANGED';

export type EventDraft = Pick<LoggedEvent, 'kind'> & Partial<Omit<LoggedEvent, 'seq' | 'at' | 'kind'>>;
