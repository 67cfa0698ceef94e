import type { Prisma } from '#prisma/generated/client/client.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { byName, text } from '#schema/pages/order.ts';
import { ActionEnum } from '#schema/tracing/trace-status.ts';

const schedules = conditionsOn<Prisma.ScheduleWhereInput>();

const scheduleFilter = defineFilter('ScheduleFilter', 'Which schedules.', {
  ids: schedules.ids('Schedule', 'Only these schedules.', (ids) => ({ id: { in: ids } })),
  nameContains: schedules.contains('Only schedules whose name contains this, whatever the case.', (name) => ({ name })),
  action: schedules.by([ActionEnum], 'Only schedules of these actions.', (actions) => ({ action: { in: actions } })),
  suspended: schedules.flag('Whether somebody has suspended it.', { suspended: true }),
  done: schedules.flag('Whether its only run has come due.', { doneAt: { not: null } }),
  dueBefore: schedules.before('Only schedules that come due before this.', (nextRunAt) => ({ nextRunAt })),
});

const scheduleOrder = defineOrder('Schedule', {
  NAME: { description: 'Nombre.', keys: [text('name')] },
  NEXT_RUN_AT: {
    description: 'When it comes due next.',
    keys: [{ kind: 'date', nullable: true, path: ['nextRunAt'] }],
  },
  CREATED_AT: {
    description: 'Creado: when it was entered.',
    keys: [{ kind: 'date', nullable: false, path: ['createdAt'] }],
  },
});

/** Filter and order of a list of schedules: `...scheduleLists(t)` beside its model and description. */
export const scheduleLists = listsBy(scheduleFilter, scheduleOrder, { things: 'schedules', usual: byName });
