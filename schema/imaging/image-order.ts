import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { byName, text } from '#schema/pages/order.ts';
import { imageFilter } from './image-filter.ts';

const imageOrder = defineOrder('Image', {
  NAME: { description: 'Canonical name.', keys: [text('name')] },
  SIZE: {
    description: 'Bytes that its data takes once restored; those whose size is not known come last.',
    keys: [{ kind: 'bigint', nullable: true, path: ['sizeBytes'] }],
  },
  CREATED_AT: {
    description: 'Creado: when it was entered.',
    keys: [{ kind: 'date', nullable: false, path: ['createdAt'] }],
  },
  UPDATED_AT: {
    description: 'Actualizado: when it last changed. One that changes between two pages may be on both, or on neither.',
    keys: [{ kind: 'date', nullable: false, path: ['updatedAt'] }],
  },
});

/** Filter and order of a list of images: `...imageLists(t)` beside its model and description. */
export const imageLists = listsBy(imageFilter, imageOrder, { things: 'images', usual: byName });
