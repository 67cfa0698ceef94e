import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated } from '#schema/pages/connection.ts';
import { blackoutLists } from './blackout-lists.ts';

builder.prismaNode('BlackoutCalendar', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Calendario de bloqueos (BlackoutCalendar): an iCalendar file that was imported for a room. Events that repeat are written out as blackouts 400 days ahead, and further as time goes by. Permission: read.',
  fields: (t) => ({
    room: t.relation('room', { description: 'Aula (Room) it is for.' }),
    name: t.exposeString('name', { description: 'Nombre, unique within the room.' }),
    timeZone: t.exposeString('timeZone', { description: 'Zona horaria of the times in it that name none.' }),
    importedAt: t.expose('importedAt', { type: 'DateTime', description: 'When it was last imported.' }),
    expandedUntil: t.expose('expandedUntil', {
      type: 'DateTime',
      description: 'Everything in it that begins before this is written out as blackouts.',
    }),
    blackouts: listRelated(t, 'blackouts', {
      model: 'Blackout',
      ...blackoutLists(t),
      description: 'Bloqueos (Blackouts) that it gave, in the order in which they begin.',
    }),
    recordVersion: t.exposeInt('recordVersion', { description: 'Counts the imports that changed anything, from 1.' }),
    createdBy: t.exposeString('createdBy', { description: 'Creado por: who imported it first.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Creado: when it was imported first.' }),
  }),
});
