import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { rowById } from '#schema/row-by-id.ts';

builder.prismaNode('Blackout', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Bloqueo (Blackout): a time during which nothing may disturb a room, such as a class or an exam. What would switch its machines off, restart or overwrite them, or run scripts on them, is refused or held. Permission: read.',
  fields: (t) => ({
    room: t.relation('room', { description: 'Aula (Room) that is not to be disturbed.' }),
    name: t.exposeString('name', { description: 'Nombre: what the room is taken for.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'Comienzo: its first instant.' }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'Fin: the first instant that is free again.' }),
    calendar: t.relation('calendar', {
      nullable: true,
      description:
        'Calendario (BlackoutCalendar) that it came from, which takes it back when it is imported again; null for one entered by hand.',
    }),
    uid: t.exposeString('uid', {
      nullable: true,
      description: 'UID of the calendar’s event that it is an occurrence of; null for one entered by hand.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  blackout: rowById(t, 'Blackout', 'blackout'),
}));
