import type { Principal } from '#domain/access/principal.ts';
import { builder } from '#schema/builder.ts';

const ViewerType = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who is asking.',
  fields: (t) => ({ name: t.exposeString('name', { description: 'Name under which operations are recorded.' }) }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'Who is asking. Until access control is built, everybody is the administrator.',
    resolve: (_root, _args, { principal }) => principal,
  }),
);
