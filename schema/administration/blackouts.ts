import { BLACKOUT } from '#domain/scheduling/kinds.ts';
import { declareAdministration } from './administration.ts';
import { commentsField } from './shared-inputs.ts';

declareAdministration({
  kind: BLACKOUT,
  words: 'Bloqueo (Blackout)',
  cascade: 'nothing does.',
  note: ' Operations that would disturb the room are refused or held meanwhile, as each of them was told.',
  fields: (t, isNew) => ({
    ...(isNew ? { roomId: t.id({ required: true, description: 'Aula (Room) it is for, for good.' }) } : {}),
    name: t.string({
      required: isNew,
      description: 'Nombre: what the room is taken for, 1 to 100 characters; need not be unique.',
    }),
    startsAt: t.field({ type: 'DateTime', required: isNew, description: 'Comienzo: its first instant.' }),
    endsAt: t.field({
      type: 'DateTime',
      required: isNew,
      description: 'Fin: the first instant that is free again, later than `startsAt`.',
    }),
    ...commentsField(t),
  }),
});
