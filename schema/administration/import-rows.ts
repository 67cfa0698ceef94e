import { ImportRefusedError } from '#domain/errors.ts';
import { importProblemMessage } from '#domain/inventory/client-import/import-messages.ts';
import { IMPORT_FIELDS, IMPORT_PROBLEM_CODES } from '#domain/inventory/client-import/parsed-import.ts';
import type { ImportFormat } from '#domain/inventory/client-import/parsed-import.ts';
import { PLACE_PROBLEM_CODES } from '#domain/inventory/client-import/plan-client-import.ts';
import type {
  ImportDecision,
  PlannedRow,
  RowProblem,
  RowProblemCode,
} from '#domain/inventory/client-import/plan-client-import.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { ErrorInterface } from '#schema/errors.ts';
import { noRow } from '#schema/no-row.ts';

const FORMAT_DESCRIPTIONS: Record<ImportFormat, string> = {
  ISC_DHCPD: '`dhcpd.conf` of ISC DHCP: its `host` blocks, wherever they are.',
  KEA_JSON: 'JSON of Kea: its reservations, of a configuration or of an answer.',
  CSV: 'CSV with a header in Spanish or English, separated by commas, semicolons or tabs.',
};

export const ImportFormatEnum = builder.enumType('ImportFormat', {
  description: 'Formato: what a file of clients is written in.',
  values: describeValues(FORMAT_DESCRIPTIONS),
});

const DECISION_DESCRIPTIONS: Record<ImportDecision, string> = {
  CREATE: 'A new client.',
  UPDATE: 'A client that is there takes what the row says.',
  SKIP: 'The client is there and stays as it is: nothing of it differs, or that was asked for.',
  REFUSE: 'The row is bad: `problems` says how.',
};

export const ImportDecisionEnum = builder.enumType('ImportDecision', {
  description: 'What becomes of a row of an import.',
  values: describeValues(DECISION_DESCRIPTIONS),
});

const PROBLEM_DESCRIPTIONS: Record<RowProblemCode, string> = {
  MISSING: 'The value is not there.',
  TOO_LONG: 'It is longer than its limit.',
  BAD_CHARACTERS: 'It has control characters.',
  BAD_ENCODING: 'The file was read in another encoding than it is in: send its bytes as `base64`.',
  BAD_MAC: 'It is no MAC address of one machine.',
  BAD_IP: 'It is no IPv4 address of a machine.',
  ADDRESS_IS_NAME: 'There is a host name where an address belongs.',
  SEVERAL_ADDRESSES: 'One host has several addresses.',
  BAD_HARDWARE_TYPE: 'It is no Ethernet interface.',
  OTHER_IDENTIFIER: 'The host is known by something else than its MAC address.',
  BAD_VALUE: 'It is none of the values allowed there.',
  WRONG_CELL_COUNT: 'The row has more or fewer cells than the header.',
  UNKNOWN_FORMAT: 'The file is in no format that can be read.',
  NO_CLIENTS: 'The file describes no client.',
  SYNTAX_ERROR: 'The file breaks the rules of its format here.',
  TOO_DEEP: 'Blocks are nested too deeply; reading stopped.',
  TOO_MANY_ROWS: 'There are more clients than one import may have; reading stopped.',
  TOO_MANY_COLUMNS: 'The header has too many columns.',
  MISSING_COLUMN: 'The header lacks a column that is needed.',
  DUPLICATE_COLUMN: 'Two columns mean the same.',
  UNKNOWN_COLUMN: 'A column that nothing is done with; a warning only.',
  INCLUDE_NOT_FOLLOWED: 'What another file holds is not read; a warning only.',
  UNCLOSED_BLOCK: 'A block is not closed.',
  UNCLOSED_STRING: 'Quotes are not closed.',
  DUPLICATE_IN_FILE: 'An earlier row has the same address.',
  ALREADY_EXISTS: 'A client has this MAC address.',
  IP_TAKEN: 'Another client has this IP address.',
  NO_ROOM: 'Neither the row nor the input names a room.',
  NOT_FOUND: 'There is no room, group or repository of that name.',
  JOB_IN_HAND: 'The client has a job that has not ended: its address stays until then.',
  OUTSIDE_NETWORK: 'The address lies outside of the subnet.',
};

const ImportProblemCodeEnum = builder.enumType('ImportProblemCode', {
  description: 'What can be wrong with a file of clients or a row of it. Never translated.',
  values: describeValues(
    Object.fromEntries(
      [...IMPORT_PROBLEM_CODES, ...PLACE_PROBLEM_CODES].map((code) => [code, PROBLEM_DESCRIPTIONS[code]]),
    ) as Record<RowProblemCode, string>,
  ),
});

interface Problem extends RowProblem {
  line: number | null;
}

export const ImportProblemType = builder.objectRef<Problem>('ImportProblem').implement({
  description: 'What is wrong with a file of clients, or with a row of it.',
  fields: (t) => ({
    code: t.expose('code', { type: ImportProblemCodeEnum, description: 'What is wrong, for programs.' }),
    message: t.string({
      description: 'What is wrong, for people: in Spanish, or in English where `Accept-Language` prefers it.',
      resolve: ({ code, params }, _args, { locale }) => importProblemMessage(code, params, locale),
    }),
    field: t.exposeString('field', {
      nullable: true,
      description: `Value at fault: ${IMPORT_FIELDS.map((field) => `\`${field}\``).join(', ')}; null for the row or the file as a whole.`,
    }),
    line: t.exposeInt('line', {
      nullable: true,
      description: 'Line of the file, from 1; null where it is about all of it.',
    }),
  }),
});

export const ImportRowType = builder.objectRef<PlannedRow>('ImportRow').implement({
  description: 'A row of an import: a client as the file describes it, and what becomes of it.',
  fields: (t) => ({
    line: t.int({ description: 'Line at which it begins in the file, from 1.', resolve: ({ row }) => row.line }),
    decision: t.expose('decision', {
      type: ImportDecisionEnum,
      description: 'What becomes of it, or would in an import that is no dry run.',
    }),
    name: t.string({
      nullable: true,
      description: 'Nombre as it was read; null where it could not be.',
      resolve: ({ row }) => row.name,
    }),
    mac: t.field({
      type: 'MAC',
      nullable: true,
      description: 'MAC address as it was read; null where it could not be.',
      resolve: ({ row }) => row.mac,
    }),
    ip: t.field({
      type: 'IPv4',
      nullable: true,
      description: 'IP address as it was read; null where it could not be.',
      resolve: ({ row }) => row.ip,
    }),
    problems: t.field({
      type: [ImportProblemType],
      description: 'Everything that is wrong with it; at most 100.',
      resolve: ({ row, problems }) => problems.map((problem) => ({ ...problem, line: row.line })),
    }),
    client: t.prismaField({
      type: 'Client',
      nullable: true,
      description: 'Cliente (Client) that was made of it, or that it is about; null where there is none.',
      resolve: (query, { clientId }, _args, context) =>
        clientId === null ? noRow(query) : databaseOf(context).client.findUnique({ ...query, where: { id: clientId } }),
    }),
  }),
});

builder.objectType(ImportRefusedError, {
  name: 'ImportRefusedError',
  interfaces: [ErrorInterface],
  description: 'Rows are bad and all were to be taken or none, or the file cannot be read. No client was written.',
  fields: (t) => ({
    rows: t.field({
      type: [ImportRowType],
      description: 'The bad rows; at most 20000.',
      resolve: ({ rows }) => [...rows],
    }),
    problems: t.field({
      type: [ImportProblemType],
      description: 'What is wrong with the file as a whole; at most 100.',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});
