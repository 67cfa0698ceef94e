import { NotFoundError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

const ForgetAgentCertificateInput = builder.inputType('ForgetAgentCertificateInput', {
  description: 'Whose certificate to forget.',
  fields: (t) => ({ clientId: t.id({ required: true, description: 'Cliente (Client) whose agent was reinstalled.' }) }),
});

const ForgetAgentCertificatePayload = builder
  .objectRef<{ clientId: string }>('ForgetAgentCertificatePayload')
  .implement({
    description: 'The client, to be trusted anew.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      client: t.prismaField({
        type: 'Client',
        description: 'The client.',
        resolve: (query, { clientId }, _args, context) =>
          databaseOf(context).client.findUniqueOrThrow({ ...query, where: { id: clientId } }),
      }),
    }),
  });

builder.mutationField('forgetAgentCertificate', (t) =>
  t.field({
    type: ForgetAgentCertificatePayload,
    args: {
      input: t.arg({ type: ForgetAgentCertificateInput, required: true, description: 'Whose certificate to forget.' }),
    },
    errors: {
      types: [NotFoundError],
      union: { name: 'ForgetAgentCertificateResult', description: 'The client, or why there is none.' },
    },
    description:
      'Forgets which certificate a client’s agent shows, where `AGENT_TLS=pinned`: the next one it shows will be trusted and remembered. For machines that were reinstalled; an unexpected change may be an intruder. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const clientId = requireId(input.clientId, 'Client', ['input', 'clientId']);
      await services.forgetAgentCertificate(clientId, principal);
      return { clientId };
    },
  }),
);
