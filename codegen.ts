// Prints the public contract, schema/schema.graphql, from the Pothos types, and types the GraphQL documents that the client,
// the demo and the tests send; those of the client also by their SHA-256, for servers that answer registered documents only. Run by `npm run generate`, and by every script when something it reads has changed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { Kind, print, printSchema } from 'graphql';
import type { DocumentNode } from 'graphql';
import { nameOfDocument } from '#lib/persisted-documents.ts';
import { toSchema } from '#schema/index.ts';

// The one field that is named after its type and is not of it: what it tells of is a query.
const printed = printSchema(toSchema()).replace(
  /^ {2}(?=queryCost:)/m,
  '  # eslint-disable-next-line @graphql-eslint/no-typename-prefix\n  ',
);
const sdl = `# Printed by codegen.ts; do not edit.\n\n${printed}\n`;
writeFileSync(join(import.meta.dirname, 'schema', 'schema.graphql'), sdl);

const typedDocuments = (documents: string) => ({
  documents,
  plugins: ['typescript-operations', 'typed-document-node'],
  config: {
    useTypeImports: true,
    enumType: 'string-literal',
    scalars: {
      ID: 'string',
      DateTime: 'string',
      MAC: 'string',
      IPv4: 'string',
      CIDR: 'string',
      UUID: 'string',
      BigInt: 'string',
    },
  },
});

await generate(
  {
    schema: sdl,
    silent: true,
    generates: {
      'client/operations.generated.ts': typedDocuments('client/operations/*.graphql'),
      'demo/operations.generated.ts': typedDocuments('demo/operations/*.graphql'),
      'test/operations.generated.ts': typedDocuments('test/operations/*.graphql'),
    },
  },
  true,
);

// As the client sends them: of what codegen has just written.
const documents = (await import('./client/operations.generated.ts')) as Record<string, unknown>;
const persisted = Object.values(documents)
  .map((document) => document as DocumentNode)
  .filter(({ definitions }) => definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION))
  .map((document) => print(document))
  .map((text) => [nameOfDocument(text), text] as const);
writeFileSync(
  join(import.meta.dirname, 'client', 'persisted-documents.generated.json'),
  `${JSON.stringify(Object.fromEntries(persisted), null, 2)}\n`,
);
