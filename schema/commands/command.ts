import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { ActionEnum } from '#schema/tracing/trace-status.ts';

builder.prismaNode('Command', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Comando (Command): an action with its script, kept to be run again and again. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique.' }),
    action: t.expose('action', { type: ActionEnum, description: 'Acción that it makes machines do.' }),
    script: t.exposeString('script', {
      nullable: true,
      description: 'Script that ogLive runs, where the action is RUN_SCRIPT; null for none.',
    }),
    hasParameters: t.exposeBoolean('hasParameters', {
      description: 'Parámetros: whether whoever runs it is asked for them.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Descripción, for people; null for none.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  commands: listRows(t, {
    model: 'Command',
    order: byName,
    description: 'Comandos (Commands), by name. Permission: read.',
  }),
  command: rowById(t, 'Command', 'command'),
}));
