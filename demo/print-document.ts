import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { astFromValue, Kind, print, visit, buildSchema, typeFromAST } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

let schema: GraphQLSchema | undefined;

/**
 * A document as text that stands for itself: each variable carries its value as its default, so that the whole can be pasted into
 * GraphiQL and run there as it is.
 */
export function printDocument<TVariables extends Record<string, unknown>>(document: TypedDocumentNode<unknown, TVariables>, variables: TVariables): string {
  schema ??= buildSchema(readFileSync(join(import.meta.dirname, '..', 'schema', 'schema.graphql'), 'utf8'));
  const withDefaults: DocumentNode = visit(document, {
    [Kind.VARIABLE_DEFINITION]: (definition) => {
      const value = variables[definition.variable.name.value];
      const type = schema === undefined ? undefined : typeFromAST(schema, definition.type);
      const defaultValue = value === undefined || type === undefined ? null : astFromValue(value, type as never);
      return defaultValue === null ? definition : { ...definition, defaultValue };
    },
  });
  return print(withDefaults);
}
