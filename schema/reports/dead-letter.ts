import { isStorable } from '#lib/storable-text.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { DeadLetterReason } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { filteredListsBy } from '#schema/filters/list-by.ts';
import { whereId } from '#schema/ids.ts';
import { listRows } from '#schema/pages/connection.ts';
import { orderBy } from '#schema/pages/order.ts';

const REASON_DESCRIPTIONS: Record<DeadLetterReason, string> = {
  UNKNOWN_CLIENT: 'No client is as the report says.',
  UNKNOWN_JOB: 'It is about a job of which nothing was heard in a quarter of an hour.',
  UNREADABLE: 'It is no JSON, or not what it should be.',
  SENDER_REFUSED: 'It did not come from where its client is, or the client has to sign (`AGENT_SENDER_POLICY`).',
  SIGNATURE_REFUSED: 'It is not signed with the secret of a client.',
  CLOCK_OFF:
    'It was signed with the secret of the client that it names, more than five minutes from our time: its clock is wrong (`detail` says by how much), or somebody says again what it once said.',
};

const DeadLetterReasonEnum = builder.enumType('DeadLetterReason', {
  description: 'Why a report came to nothing.',
  values: describeValues(REASON_DESCRIPTIONS),
});

builder.prismaNode('DeadLetter', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Informe perdido (DeadLetter): a report that changed nothing, because it fits nothing or is not believed. The newest are kept, up to limits of number, size and age. Permission: administer.',
  fields: (t) => ({
    reason: t.expose('reason', { type: DeadLetterReasonEnum, description: 'Why it came to nothing.' }),
    detail: t.exposeString('detail', { description: 'The reason in more words, in English.' }),
    route: t.exposeString('route', { description: 'Path that it was sent to.' }),
    sender: t.exposeString('sender', {
      description: 'Address that it came from, as far as trusted proxies say (`TRUSTED_PROXIES`).',
    }),
    client: t.relation('client', {
      nullable: true,
      description: 'Cliente (Client) that it claims to be of; null where that names nobody.',
    }),
    jobId: t.exposeString('jobId', {
      nullable: true,
      description: 'The job that it is about, where it could be told.',
    }),
    body: t.exposeString('body', { description: 'What it says, as text, without secrets; at most 512 KiB.' }),
    sizeBytes: t.field({
      type: 'BigInt',
      select: { sizeBytes: true },
      description: 'Size of `body`, in bytes.',
      resolve: ({ sizeBytes }) => BigInt(sizeBytes),
    }),
    copies: t.exposeInt('copies', { description: 'How many times the very same came from there.' }),
    firstReceivedAt: t.expose('firstReceivedAt', { type: 'DateTime', description: 'When it came the first time.' }),
    lastReceivedAt: t.expose('lastReceivedAt', { type: 'DateTime', description: 'When it came the last time.' }),
  }),
});

const letters = conditionsOn<Prisma.DeadLetterWhereInput>();

const deadLetterFilter = defineFilter('DeadLetterFilter', 'Which dead letters.', {
  reason: letters.by([DeadLetterReasonEnum], 'Only letters for these reasons.', (reasons) => ({
    reason: { in: reasons },
  })),
  clientIds: letters.ids('Client', 'Only letters that claim to be of these clients.', (ids) => ({
    AND: [{ clientId: { not: null } }, { clientId: { in: ids } }],
  })),
  sender: letters.by('String', 'Only letters from this address.', (sender) =>
    isStorable(sender) ? { sender } : false,
  ),
  routeContains: letters.contains('Only letters to a path that contains this, whatever the case.', (route) => ({
    route,
  })),
  receivedAfter: letters.since('Only letters that came at this instant or later.', (at) => ({ lastReceivedAt: at })),
  receivedBefore: letters.before('Only letters that came before this.', (at) => ({ lastReceivedAt: at })),
});

const latestFirst = orderBy({ kind: 'date', nullable: false, path: ['lastReceivedAt'] }, 'desc');
const deadLetterLists = filteredListsBy(deadLetterFilter, { things: 'dead letters', order: latestFirst });

const DeadLetterCountType = builder
  .objectRef<{ reason: DeadLetterReason; count: bigint }>('DeadLetterCount')
  .implement({
    description: 'How many reports came to nothing for one reason.',
    fields: (t) => ({
      reason: t.expose('reason', { type: DeadLetterReasonEnum, description: 'Why they did.' }),
      count: t.field({
        type: 'Int',
        description: 'How many, ever: also those that were dismissed, or not kept for there being too many.',
        resolve: (row) => Number(row.count < MAX_INT ? row.count : MAX_INT),
      }),
    }),
  });

const MAX_INT = 2_147_483_647n;

builder.queryFields((t) => ({
  deadLetters: listRows(t, {
    model: 'DeadLetter',
    ...deadLetterLists(t),
    description: 'Informes perdidos (DeadLetters), the latest first. Permission: administer.',
  }),
  deadLetterCounts: t.field({
    type: [DeadLetterCountType],
    description:
      'How many reports came to nothing, by reason; reasons that never occurred are left out. Permission: administer.',
    resolve: (_root, _args, context) => databaseOf(context).deadLetterCount.findMany({ orderBy: { reason: 'asc' } }),
  }),
}));
