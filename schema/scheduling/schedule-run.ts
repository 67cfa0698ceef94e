import { runErrorMessage } from '#domain/messages.ts';
import type { RunError } from '#domain/scheduling/run-error.ts';
import type { ScheduleRunOutcome } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { ClientOutcomeType } from '#schema/operations/operation-payload.ts';

const OUTCOME_DESCRIPTIONS: Record<ScheduleRunOutcome, string> = {
  STARTED:
    'Iniciada: its operation was ordered; without `finishedAt` it is being ordered, and tried again until it is.',
  REFUSED:
    'Rechazada: the operation was refused, or what it is about – a room, a client, an image – is gone; `error` says why. It is not tried again, and the schedule comes due next time as ever.',
  MISSED:
    'Perdida: no server was up to order it within the grace, or it was suspended in the meantime. It is not made up for.',
  FAILED: 'Fallida: ordering it failed time and again for a reason of the server’s own, until the grace was over.',
};

const ScheduleRunOutcomeEnum = builder.enumType('ScheduleRunOutcome', {
  description: 'What became of a run of a schedule.',
  values: describeValues(OUTCOME_DESCRIPTIONS),
});

const ScheduleRunErrorType = builder.objectRef<RunError>('ScheduleRunError').implement({
  description: 'Why a run has not come to an operation.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'What is wrong, for programs: a code of ErrorCode, or `INTERNAL` for a fault of the server’s own.',
    }),
    message: t.string({
      description: 'What is wrong, for people: in Spanish, or in English where `Accept-Language` prefers it.',
      resolve: (error, _args, { locale }) => runErrorMessage(error, locale),
    }),
    path: t.stringList({
      description:
        'Which field of the operation is at fault, such as `["target", "roomId"]` for a room that is gone; empty where none is.',
      resolve: ({ path }) => (path[0] === 'input' ? path.slice(1) : [...path]),
    }),
    clients: t.field({
      type: [ClientOutcomeType],
      description: 'The clients that were blocked, with every reason; at most 5000.',
      resolve: ({ clients }) => clients.map((client) => ({ ...client, traceId: null })),
    }),
  }),
});

builder.prismaNode('ScheduleRun', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Ejecución programada (ScheduleRun): one time that a schedule came due, or that somebody ran it by hand. Permission: read.',
  fields: (t) => ({
    schedule: t.relation('schedule', { description: 'Programación (Schedule) it is a run of.' }),
    dueAt: t.expose('dueAt', { type: 'DateTime', description: 'When it was due.' }),
    dueSince: t.expose('dueSince', {
      type: 'DateTime',
      description:
        'The first of the times that it stands for: earlier than `dueAt` where several went by with no server up, which are one run, for the last of them.',
    }),
    manual: t.exposeBoolean('manual', { description: 'Whether somebody ran it by hand (`runScheduleNow`).' }),
    requestedBy: t.exposeString('requestedBy', {
      description: 'Who the operation was ordered as: the one who made the schedule, or who ran it by hand.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When a server took it up.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its outcome was certain; null while it is being ordered. The operation may end much later.',
    }),
    outcome: t.expose('outcome', { type: ScheduleRunOutcomeEnum, description: 'What became of it.' }),
    operation: t.relation('operation', {
      nullable: true,
      description:
        'Operación (Operation) that it ordered; null for none, and for one that was deleted with its clients.',
    }),
    error: t.field({
      type: ScheduleRunErrorType,
      nullable: true,
      select: { error: true },
      description: 'Why it has not come to an operation; null where it has, and where it was missed.',
      resolve: ({ error }) => error as unknown as RunError | null,
    }),
  }),
});
