import { AgentSecretsDisabledError, NotFoundError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { ErrorInterface } from '#schema/errors.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

builder.objectType(AgentSecretsDisabledError, {
  name: 'AgentSecretsDisabledError',
  interfaces: [ErrorInterface],
  description: 'Clients cannot be issued secrets: the server has no key to keep them under (`AGENT_SECRETS_KEY`).',
});

builder.prismaObjectField('Client', 'agentSecretIssuedAt', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    select: { agentSecret: { select: { issuedAt: true } } },
    description:
      'When it was issued the secret that its agent signs reports with (`issueAgentSecret`); null where it has none.',
    resolve: ({ agentSecret }) => agentSecret?.issuedAt ?? null,
  }),
);

builder.prismaObjectField('Client', 'agentClockOffsetSeconds', (t) =>
  t.field({
    type: 'Int',
    nullable: true,
    select: { agentSecret: { select: { clockOffsetSeconds: true } } },
    description:
      'Seconds that the clock by which its agent signs was ahead of ours (negative: behind) at its last signed report, the way here counted in; null before there was one. More than 300 either way, and a report is refused: see `deadLetters` for `CLOCK_OFF`.',
    resolve: ({ agentSecret }) => agentSecret?.clockOffsetSeconds ?? null,
  }),
);

const IssueAgentSecretInput = builder.inputType('IssueAgentSecretInput', {
  description: 'Who is to sign.',
  fields: (t) => ({ clientId: t.id({ required: true, description: 'Cliente (Client) to issue a secret to.' }) }),
});

const IssueAgentSecretPayload = builder
  .objectRef<{ clientId: string; secret: string }>('IssueAgentSecretPayload')
  .implement({
    description: 'The secret, shown this once.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      secret: t.exposeString('secret', {
        description:
          'What the agent signs with: `whsec_` and 32 bytes in base64. It is kept encrypted, and cannot be read again.',
      }),
      client: t.prismaField({
        type: 'Client',
        description: 'The client; its agent names itself by `uuid` in the header `webhook-client`.',
        resolve: (query, { clientId }, _args, context) =>
          databaseOf(context).client.findUniqueOrThrow({ ...query, where: { id: clientId } }),
      }),
    }),
  });

builder.mutationField('issueAgentSecret', (t) =>
  t.field({
    type: IssueAgentSecretPayload,
    args: { input: t.arg({ type: IssueAgentSecretInput, required: true, description: 'Who is to sign.' }) },
    errors: {
      types: [NotFoundError, AgentSecretsDisabledError],
      union: { name: 'IssueAgentSecretResult', description: 'The secret, or why there is none.' },
    },
    description:
      'Gives a client a new secret for its agent to sign reports with (`POST /webhooks/agent`). One that it had before is good for nothing from now on. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const clientId = requireId(input.clientId, 'Client', ['input', 'clientId']);
      return { clientId, secret: await services.agentSecrets.issue(clientId, principal) };
    },
  }),
);

const RevokeAgentSecretInput = builder.inputType('RevokeAgentSecretInput', {
  description: 'Who is not to sign any more.',
  fields: (t) => ({ clientId: t.id({ required: true, description: 'Cliente (Client) whose secret to take away.' }) }),
});

const RevokeAgentSecretPayload = builder.objectRef<{ clientId: string }>('RevokeAgentSecretPayload').implement({
  description: 'The client has no secret any more.',
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

builder.mutationField('revokeAgentSecret', (t) =>
  t.field({
    type: RevokeAgentSecretPayload,
    args: {
      input: t.arg({ type: RevokeAgentSecretInput, required: true, description: 'Who is not to sign any more.' }),
    },
    errors: {
      types: [NotFoundError],
      union: { name: 'RevokeAgentSecretResult', description: 'The client, or why there is none.' },
    },
    description:
      'Takes away a client’s secret: what is signed with it is refused from now on. A client without one may be revoked all the same. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const clientId = requireId(input.clientId, 'Client', ['input', 'clientId']);
      await services.agentSecrets.revoke(clientId, principal);
      return { clientId };
    },
  }),
);
