import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { byName, text } from '#schema/pages/order.ts';
import { roomFilter } from './room-filter.ts';

const roomOrder = defineOrder('Room', {
  NAME: { description: 'Nombre.', keys: [text('name')] },
  CREATED_AT: {
    description: 'Creado: when it was entered.',
    keys: [{ kind: 'date', nullable: false, path: ['createdAt'] }],
  },
});

/** Filter and order of a list of rooms: `...roomLists(t)` beside its model and description. */
export const roomLists = listsBy(roomFilter, roomOrder, { things: 'rooms', usual: byName });
