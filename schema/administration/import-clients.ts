import { ImportRefusedError, InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { ImportDecision } from '#domain/inventory/client-import/plan-client-import.ts';
import { countDecisions } from '#domain/inventory/import-clients.ts';
import type { ClientImport, ImportClientsRequest } from '#domain/inventory/import-clients.ts';
import { builder } from '#schema/builder.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';
import { ImportDecisionEnum, ImportFormatEnum, ImportProblemType, ImportRowType } from './import-rows.ts';

const FileInput = builder.inputType('ImportFileInput', {
  isOneOf: true,
  description: 'A file of clients, as text or as its bytes; one of them.',
  fields: (t) => ({
    text: t.string({ description: 'The text, pasted.' }),
    base64: t.string({
      description:
        'The bytes in base64: UTF-8, UTF-16 with its mark, or Latin-1 (windows-1252), found out by themselves.',
    }),
  }),
});

const BadRowPolicyEnum = builder.enumType('BadRowPolicy', {
  description: 'What to do when rows of a file are bad.',
  values: {
    REJECT_ALL: { description: 'Take none; answer with the bad rows.' },
    SKIP: { description: 'Take the good ones.' },
  },
});

const ExistingClientPolicyEnum = builder.enumType('ExistingClientPolicy', {
  description: 'What to do with rows whose MAC address a client has already.',
  values: {
    REFUSE: { description: 'Such a row is bad.' },
    SKIP: { description: 'The client stays as it is.' },
    UPDATE: { description: 'The client takes what the row says; what it does not say stays.' },
  },
});

const ImportClientsInput = builder.inputType('ImportClientsInput', {
  description: 'A file of clients, where they go, and what to do with rows that are bad.',
  fields: (t) => ({
    file: t.field({ type: FileInput, required: true, description: 'The file; at most 20000 clients.' }),
    format: t.field({ type: ImportFormatEnum, description: 'Formato; found out by itself when left out.' }),
    roomId: t.id({ description: 'Aula (Room) of the rows that name none.' }),
    centerId: t.id({ description: 'Centro (Center) whose rooms the rows name; the room’s own when left out.' }),
    groupId: t.id({ description: 'Grupo (ClientGroup) of that room, for the rows that go there and name none.' }),
    subnetId: t.id({
      description: 'Subred (Subnet) that all addresses must be in; when left out each goes to the one that it is in.',
    }),
    repositoryId: t.id({ description: 'Repositorio (Repository) of the rows that name none.' }),
    onBadRow: t.field({
      type: BadRowPolicyEnum,
      required: true,
      defaultValue: 'REJECT_ALL',
      description: 'What to do when rows are bad.',
    }),
    onExisting: t.field({
      type: ExistingClientPolicyEnum,
      required: true,
      defaultValue: 'REFUSE',
      description: 'What to do with clients that are there already.',
    }),
    dryRun: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether only to say what would become of each row. Say false to import.',
    }),
  }),
});

const DecisionCountType = builder
  .objectRef<{ decision: ImportDecision; count: number }>('ImportDecisionCount')
  .implement({
    description: 'How many rows one thing becomes of.',
    fields: (t) => ({
      decision: t.expose('decision', { type: ImportDecisionEnum, description: 'What becomes of them.' }),
      count: t.exposeInt('count', { description: 'How many, at least 1.' }),
    }),
  });

const ImportClientsPayload = builder.objectRef<ClientImport>('ImportClientsPayload').implement({
  description: 'What became of each row of a file, or would.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    applied: t.exposeBoolean('applied', { description: 'Whether clients were written; false for a dry run.' }),
    format: t.expose('format', {
      type: ImportFormatEnum,
      nullable: true,
      description: 'Formato of the file; null where it is none that can be read.',
    }),
    counts: t.field({
      type: [DecisionCountType],
      description: 'How many rows what becomes of; decisions that none fell under are left out.',
      resolve: ({ rows }) =>
        Object.entries(countDecisions(rows))
          .filter(([, count]) => count > 0)
          .map(([decision, count]) => ({ decision: decision as ImportDecision, count })),
    }),
    rows: t.field({
      type: [ImportRowType],
      args: { decision: t.arg({ type: [ImportDecisionEnum], description: 'Only rows that this becomes of.' }) },
      description: 'The rows in the order of the file; at most 20000.',
      resolve: ({ rows }, { decision }) => rows.filter((row) => !decision || decision.includes(row.decision)),
    }),
    problems: t.field({
      type: [ImportProblemType],
      description: 'What is wrong with the file as a whole; at most 100.',
      resolve: ({ problems }) => [...problems],
    }),
    warnings: t.field({
      type: [ImportProblemType],
      description: 'What of the file was left unread, without harm; at most 100.',
      resolve: ({ warnings }) => [...warnings],
    }),
  }),
});

builder.mutationField('importClients', (t) =>
  t.field({
    type: ImportClientsPayload,
    args: {
      input: t.arg({ type: ImportClientsInput, required: true, description: 'The file, and what to do with it.' }),
    },
    errors: {
      types: [InvalidInputError, NotFoundError, ImportRefusedError],
      union: { name: 'ImportClientsResult', description: 'What became of each row, or why none was taken.' },
    },
    description:
      'Importa (imports) clients from a `dhcpd.conf`, from JSON of Kea or from CSV; a dry run unless `dryRun` is false. All is written, or nothing. Permission: administer.',
    resolve: (_root, { input }, { services, principal }) => services.importClients(readInput(input), principal),
  }),
);

/** @throws {NotFoundError} at the id that is none. */
function readInput(input: typeof ImportClientsInput.$inferInput): ImportClientsRequest {
  const id = (value: string | null | undefined, type: string, field: string) =>
    isGiven(value) ? requireId(value, type, ['input', field]) : null;
  return {
    file: isGiven(input.file.base64) ? { base64: input.file.base64 } : { text: input.file.text ?? '' },
    format: input.format ?? null,
    roomId: id(input.roomId, 'Room', 'roomId'),
    centerId: id(input.centerId, 'Center', 'centerId'),
    groupId: id(input.groupId, 'ClientGroup', 'groupId'),
    subnetId: id(input.subnetId, 'Subnet', 'subnetId'),
    repositoryId: id(input.repositoryId, 'Repository', 'repositoryId'),
    onBadRow: input.onBadRow,
    onExisting: input.onExisting,
    dryRun: input.dryRun,
  };
}
