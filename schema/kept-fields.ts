import type { FieldRef } from '@pothos/core';
import type { builder } from './builder.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

interface FieldBuilder {
  expose: (column: never, options: never) => unknown;
}

/** What every thing that administrators keep has beside its own fields. */
export function keptFields(t: FieldBuilder): Record<string, FieldRef<Types>> {
  const expose = (column: string, options: { type: string; nullable?: true; description: string }) =>
    t.expose(column as never, options as never) as FieldRef<Types>;
  return {
    comments: expose('comments', {
      type: 'String',
      nullable: true,
      description: 'Comentarios of the administrators; null for none.',
    }),
    recordVersion: expose('recordVersion', {
      type: 'Int',
      description:
        'Counts the changes of administrators, from 1: give it as `expectedVersion` and nobody’s change is overwritten.',
    }),
    createdBy: expose('createdBy', { type: 'String', description: 'Creado por: who entered it.' }),
    createdAt: expose('createdAt', { type: 'DateTime', description: 'Creado: when it was entered.' }),
    updatedAt: expose('updatedAt', {
      type: 'DateTime',
      description: 'Actualizado: when it last changed, by an administrator or by what machines reported.',
    }),
  };
}
