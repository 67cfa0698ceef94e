import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { byName, text } from '#schema/pages/order.ts';
import { clientFilter } from './client-filter.ts';

const clientOrder = defineOrder('Client', {
  NAME: { description: 'Nombre: host name.', keys: [text('name')] },
  IP: {
    description: 'Address, by its number and not by its letters.',
    keys: [{ kind: 'bigint', nullable: true, path: ['ipNumber'] }],
  },
  ROOM: {
    description: 'Aula: name of its room, and its own within the room.',
    // Rooms of different centers may have one name.
    keys: [text('room', 'name'), { kind: 'id', nullable: false, path: ['roomId'] }, text('name')],
  },
  LAST_SEEN_AT: {
    description: 'When its agent was last heard of; those that never were come last.',
    keys: [{ kind: 'date', nullable: true, path: ['lastSeenAt'] }],
  },
  CREATED_AT: {
    description: 'Creado: when it was entered.',
    keys: [{ kind: 'date', nullable: false, path: ['createdAt'] }],
  },
});

/** Filter and order of a list of clients: `...clientLists(t)` beside its model and description. */
export const clientLists = listsBy(clientFilter, clientOrder, { things: 'clients', usual: byName });
