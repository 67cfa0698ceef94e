import { Kind, print, visit } from 'graphql';
import type { DocumentNode, ExecutionArgs } from 'graphql';
import { rightsOf } from '#domain/access/principal.ts';
import { hashOf } from '#lib/canonical-json.ts';
import type { Context } from '#schema/context.ts';

interface DocumentKey {
  text: string;
  /** Variables that say nothing but where to begin, which is each subscriber's own affair. */
  startVariables: ReadonlySet<string>;
}

const documentKeys = new WeakMap<DocumentNode, DocumentKey>();

/** The same for subscriptions whose results are the same from any event on: same document, variables, rights and language. */
export function keyOf({ document, variableValues, operationName }: ExecutionArgs, context: Context): string {
  const { text, startVariables } = documentKeyOf(document);
  const given = Object.entries(variableValues ?? {});
  const variables = Object.fromEntries(given.filter(([name]) => !startVariables.has(name)));
  return hashOf([text, operationName ?? null, variables, context.locale, rightsOf(context.principal)]);
}

function documentKeyOf(document: DocumentNode): DocumentKey {
  let key = documentKeys.get(document);
  if (key === undefined) {
    key = { text: print(document), startVariables: findStartVariables(document) };
    documentKeys.set(document, key);
  }
  return key;
}

/** Those that are the `after` of a subscription, and are used nowhere else. */
function findStartVariables(document: DocumentNode): ReadonlySet<string> {
  const uses: string[] = [];
  const starts: string[] = [];
  visit(document, {
    VariableDefinition: () => false,
    Variable({ name }) {
      uses.push(name.value);
    },
  });
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== 'subscription') continue;
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      for (const { name, value } of selection.arguments ?? []) {
        if (name.value === 'after' && value.kind === Kind.VARIABLE) starts.push(value.name.value);
      }
    }
  }
  return new Set(starts.filter((name) => uses.filter((use) => use === name).length === 1));
}
