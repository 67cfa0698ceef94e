import { formatCursor } from '#domain/tracing/cursor.ts';
import type { AppendedByDatabase, EventKind } from '#domain/tracing/event.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { TraceStatusEnum } from './trace-status.ts';

const KIND_DESCRIPTIONS: Record<Exclude<EventKind, AppendedByDatabase>, string> = {
  CREATED: 'The trace was recorded.',
  SENDING: 'Its order is about to be sent.',
  ACCEPTED: 'The agent accepted the job.',
  NOT_SENT: 'The order could not be sent; the agent has seen nothing of it.',
  REFUSED: 'The agent refused the order.',
  UNANSWERED: 'The order may have arrived, but no answer came.',
  ADOPTED: 'A job whose order was never answered was recognised by its report.',
  PROGRESS: 'The agent reported progress.',
  OUTPUT:
    'The job printed something: `message` is its newest line, at most 500 characters. At most one a second; the rest is in `Trace.output`.',
  FINISHED: 'The agent reported the end.',
  LOST: 'The job was given up: its outcome is not known.',
  CANCELLED: 'The job was cancelled.',
  RESOLVED: 'A late report settled how a lost job had ended.',
  LATE_REPORT: 'A report contradicted how the trace had ended; the trace stays as it was.',
  WAITING: 'Its turn has not come: a limit is reached.',
  RELEASED: 'Its turn has come.',
  CANCELLING: 'Somebody wants it to end; its agent is asked to stop it.',
  CANCEL_FAILED: 'Its agent could not be asked to stop it, or would not: it goes on.',
  CLIENT_STATUS: 'A client’s state changed.',
};

/** Whether an event is one of a trace or its client, and no news of an operation, a session or a room as a whole. */
export function isOfTrace(kind: EventKind): kind is Exclude<EventKind, AppendedByDatabase> {
  return kind in KIND_DESCRIPTIONS;
}

const TraceEventKindEnum = builder.enumType('TraceEventKind', {
  description: 'What happened to a trace.',
  values: describeValues(KIND_DESCRIPTIONS),
});

export const TraceEventType = builder.prismaObject('Event', {
  name: 'TraceEvent',
  description: 'One thing that happened to a trace, as the event log keeps it. It never changes.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Its place in the event log: subscribe `after` it to get what came next.',
      resolve: ({ seq }, _args, { services }) => formatCursor({ epoch: services.epoch, seq }),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was recorded, by the database’s clock.' }),
    kind: t.field({
      type: TraceEventKindEnum,
      description: 'What happened.',
      resolve: ({ kind }) => {
        if (!isOfTrace(kind)) throw new Error(`a TraceEvent was made of ${kind}`);
        return kind;
      },
    }),
    status: t.field({
      type: TraceStatusEnum,
      nullable: true,
      description: 'State of the trace right after; null for events about a client.',
      resolve: ({ traceStatus }) => traceStatus,
    }),
    progress: t.exposeInt('progress', {
      nullable: true,
      description: 'Percent right after, 0 to 100; null for events about a client.',
    }),
    message: t.exposeString('message', {
      nullable: true,
      description: 'What there is to say of it, in the agent’s words or ours; null for nothing.',
    }),
  }),
});
