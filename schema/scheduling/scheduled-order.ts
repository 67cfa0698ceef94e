import type { OperationOrder } from '#domain/operations/operation-order.ts';
import type { OperationTarget } from '#domain/operations/operation-target.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { noRow } from '#schema/no-row.ts';
import { DeployMethodEnum } from '#schema/operations/deploy-method.ts';
import { ActionEnum } from '#schema/tracing/trace-status.ts';

/** What an order says under a name, whichever action it is of. */
function said(order: OperationOrder, name: string): unknown {
  return (order as unknown as Readonly<Record<string, unknown>>)[name];
}

function text(order: OperationOrder, name: string): string | null {
  const value = said(order, name);
  return typeof value === 'string' ? value : null;
}

function number(order: OperationOrder, name: string): number | null {
  const value = said(order, name);
  return typeof value === 'number' ? value : null;
}

export const ScheduledOrderType = builder.objectRef<OperationOrder>('ScheduledOrder').implement({
  description: 'What a schedule makes clients do, in short: the fields that its action has, and null for the others.',
  fields: (t) => ({
    action: t.expose('action', { type: ActionEnum, description: 'Acción.' }),
    image: t.prismaField({
      type: 'Image',
      nullable: true,
      description: 'Imagen (Image) it is about; null for none, and for one that was deleted.',
      resolve: (query, order, _args, context) => {
        const id = text(order, 'imageId');
        return id === null ? noRow(query) : databaseOf(context).image.findUnique({ ...query, where: { id } });
      },
    }),
    command: t.prismaField({
      type: 'Command',
      nullable: true,
      description: 'Comando (Command) whose script is run, as it is then; null for none, and for one that was deleted.',
      resolve: (query, order, _args, context) => {
        const id = text(order, 'commandId');
        return id === null ? noRow(query) : databaseOf(context).command.findUnique({ ...query, where: { id } });
      },
    }),
    repository: t.prismaField({
      type: 'Repository',
      nullable: true,
      description: 'Repositorio (Repository) to be used; null where it is each client’s own.',
      resolve: (query, order, _args, context) => {
        const id = text(order, 'repositoryId');
        return id === null ? noRow(query) : databaseOf(context).repository.findUnique({ ...query, where: { id } });
      },
    }),
    script: t.string({
      nullable: true,
      description: 'The script that is run; null where it is a command’s.',
      resolve: (order) => text(order, 'script'),
    }),
    disk: t.int({ nullable: true, description: 'Disco: its number.', resolve: (order) => number(order, 'disk') }),
    partition: t.int({
      nullable: true,
      description: 'Partición: its number.',
      resolve: (order) => number(order, 'partition'),
    }),
    method: t.field({
      type: DeployMethodEnum,
      nullable: true,
      description: 'Método of a deployment.',
      resolve: (order) => (order.action === 'DEPLOY_IMAGE' ? order.method : null),
    }),
    force: t.boolean({
      nullable: true,
      description: 'Whether jobs in hand are interrupted.',
      resolve: (order) => (order.action === 'POWER_OFF' || order.action === 'REBOOT' ? order.force : null),
    }),
  }),
});

export const ScheduledTargetType = builder.objectRef<OperationTarget>('ScheduledTarget').implement({
  description:
    'Whom a schedule is for: one of these; all are null where what it was for was deleted. Who is in a group, a room or a center is asked when it comes due.',
  fields: (t) => ({
    clients: t.prismaField({
      type: ['Client'],
      nullable: true,
      description: 'Clientes (Clients) by name, at most 5000; those that were deleted are left out.',
      resolve: (query, target, _args, context) =>
        'clientIds' in target
          ? databaseOf(context).client.findMany({
              ...query,
              where: { id: { in: [...target.clientIds] } },
              orderBy: [{ name: 'asc' }, { id: 'asc' }],
            })
          : (noRow(query) as never),
    }),
    group: t.prismaField({
      type: 'ClientGroup',
      nullable: true,
      description: 'Grupo (ClientGroup): all clients in it.',
      resolve: (query, target, _args, context) =>
        'groupId' in target
          ? databaseOf(context).clientGroup.findUnique({ ...query, where: { id: target.groupId } })
          : noRow(query),
    }),
    room: t.prismaField({
      type: 'Room',
      nullable: true,
      description: 'Aula (Room): all clients in it.',
      resolve: (query, target, _args, context) =>
        'roomId' in target
          ? databaseOf(context).room.findUnique({ ...query, where: { id: target.roomId } })
          : noRow(query),
    }),
    center: t.prismaField({
      type: 'Center',
      nullable: true,
      description: 'Centro (Center): all clients in it.',
      resolve: (query, target, _args, context) =>
        'centerId' in target
          ? databaseOf(context).center.findUnique({ ...query, where: { id: target.centerId } })
          : noRow(query),
    }),
  }),
});
