import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, buildSchema, isInputType, print, typeFromAST, valueToLiteral, visit } from 'graphql';
import type { DocumentNode, GraphQLSchema, TypeNode } from 'graphql';

/**
 * A document as text that stands for itself: each variable carries its value as its default, so that the whole can be pasted into
 * GraphiQL and run there as it is.
 */
export function printDocument(document: DocumentNode, variables: Readonly<Record<string, unknown>>): string {
  const withDefaults: DocumentNode = visit(document, {
    [Kind.VARIABLE_DEFINITION]: (definition) => {
      const defaultValue = toLiteral(variables[definition.variable.name.value], definition.type);
      return defaultValue === undefined ? definition : { ...definition, defaultValue };
    },
  });
  return print(withDefaults);
}

let schema: GraphQLSchema | undefined;

function toLiteral(value: unknown, typeNode: TypeNode): ReturnType<typeof valueToLiteral> {
  schema ??= buildSchema(readFileSync(join(import.meta.dirname, '..', 'schema', 'schema.graphql'), 'utf8'));
  const type = typeFromAST(schema, typeNode);
  return value === undefined || !isInputType(type) ? undefined : valueToLiteral(value, type);
}
