import { GraphQLError } from 'graphql';
import { parseOperationOrder } from '#domain/operations/operation-order.ts';
import { upcomingRuns } from '#domain/scheduling/due-run.ts';
import { parseKeptOptions, parseKeptTarget } from '#domain/scheduling/scheduled-operation.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { BlackoutPolicyEnum, BlockedPolicyEnum, BusyPolicyEnum } from '#schema/operations/operation-options.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { orderBy } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { scheduleLists } from './schedule-order.ts';
import { ScheduledOrderType, ScheduledTargetType } from './scheduled-order.ts';

const ScheduleStatusEnum = builder.enumType('ScheduleStatus', {
  description: 'Estado de una programación (Schedule).',
  values: describeValues({
    ACTIVE: 'Activa: it comes due at `nextRunAt`.',
    SUSPENDED: 'Suspendida: nothing comes due until somebody resumes it.',
    DONE: 'Hecha: its only run has come due.',
  }),
});

const latestFirst = orderBy({ kind: 'date', nullable: false, path: ['dueAt'] }, 'desc');
const MAX_PREVIEW = 100;

builder.prismaNode('Schedule', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Programación (Schedule): an operation that is ordered later, once or again and again, as the one who made the schedule. However many times go by while no server is up, it is ordered once when one is, as the run of the last of them, where that is no more than `graceMinutes` ago. What it is about is looked up when it comes due. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique.' }),
    status: t.field({
      type: ScheduleStatusEnum,
      select: { suspended: true, doneAt: true },
      description: 'Estado.',
      resolve: ({ suspended, doneAt }) => (doneAt !== null ? 'DONE' : suspended ? 'SUSPENDED' : 'ACTIVE'),
    }),
    order: t.field({
      type: ScheduledOrderType,
      select: { action: true, order: true },
      description: 'What clients are made to do.',
      resolve: ({ action, order }) => parseOperationOrder(action, order),
    }),
    target: t.field({
      type: ScheduledTargetType,
      select: { target: true },
      description: 'Whom it is for.',
      resolve: ({ target }) => parseKeptTarget(target),
    }),
    onBlocked: t.field({
      type: BlockedPolicyEnum,
      select: { options: true },
      description: 'What becomes of it when some clients are blocked then.',
      resolve: ({ options }) => parseKeptOptions(options).onBlocked,
    }),
    whenBusy: t.field({
      type: BusyPolicyEnum,
      select: { options: true },
      description: 'What becomes of clients that have a job in hand then.',
      resolve: ({ options }) => parseKeptOptions(options).whenBusy,
    }),
    onBlackout: t.field({
      type: BlackoutPolicyEnum,
      select: { options: true },
      description: 'What becomes of clients whose room is not to be disturbed then.',
      resolve: ({ options }) => parseKeptOptions(options).onBlackout,
    }),
    overrideReason: t.string({
      nullable: true,
      select: { options: true },
      description: 'Why it may disturb a class; null where it may not.',
      resolve: ({ options }) => parseKeptOptions(options).overrideReason,
    }),
    cron: t.exposeString('cron', {
      nullable: true,
      description: 'Cron line of minutes, hours, days, months and weekdays; null for one that runs once.',
    }),
    runAt: t.expose('runAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The only time at which it runs; null for one that runs again and again.',
    }),
    timeZone: t.exposeString('timeZone', {
      description:
        'Zona horaria that the cron line is read in. A time of day that summer time leaves out is due at the end of the gap, one that comes twice the first time only; lines with `*` or a step in their minutes or hours go by time that passes.',
    }),
    graceMinutes: t.exposeInt('graceMinutes', {
      description:
        'How many minutes late a run may begin, such as after an outage; after that it is MISSED, and the schedule waits for its next time.',
    }),
    nextRunAt: t.expose('nextRunAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it comes due next; null while it is suspended, and once it is done.',
    }),
    nextRuns: t.field({
      type: ['DateTime'],
      args: {
        first: t.arg.int({ required: true, defaultValue: 5, description: 'How many, 0 to 100.' }),
      },
      select: { cron: true, runAt: true, timeZone: true, nextRunAt: true },
      description: 'The next times at which it comes due; none while it is suspended, and once it is done.',
      resolve: ({ nextRunAt, ...timing }, { first }) => {
        if (first < 0 || first > MAX_PREVIEW) {
          throw new GraphQLError(`"first" must be between 0 and ${MAX_PREVIEW}.`, {
            extensions: { code: 'PAGE_SIZE_OUT_OF_RANGE', argument: 'first', max: MAX_PREVIEW },
          });
        }
        return nextRunAt === null ? [] : upcomingRuns(timing, new Date(nextRunAt.getTime() - 1), first);
      },
    }),
    runs: listRelated(t, 'runs', {
      model: 'ScheduleRun',
      order: latestFirst,
      description: 'Ejecuciones (ScheduleRuns), the latest first.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  schedules: listRows(t, {
    model: 'Schedule',
    ...scheduleLists(t),
    description: 'Programaciones (Schedules), by name. Permission: read.',
  }),
  schedule: rowById(t, 'Schedule', 'schedule'),
}));
