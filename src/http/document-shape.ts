import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';

/** How large what a document asks for is, with every fragment written out where it is spread. */
export interface DocumentShape {
  /** Fields inside of one another. */
  depth: number;
  /** Fields under another name than their own. */
  aliases: number;
  /** Fields of the operation itself. */
  rootFields: number;
  /** Directives, each as often as it is written. */
  directives: number;
}

interface SelectionShape {
  depth: number;
  aliases: number;
  fields: number;
}

const NOTHING: SelectionShape = { depth: 0, aliases: 0, fields: 0 };

/**
 * Measures a document before it is validated, so nothing in it is known to make sense. Each fragment is measured once, however often it is
 * spread; one that spreads itself counts as nothing there, and validation refuses it.
 */
export function measureDocument(document: DocumentNode): DocumentShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, SelectionShape>();
  let directives = 0;

  function ofFragment(name: string): SelectionShape {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    if (fragment === undefined) return NOTHING;
    const shape = ofSelections(fragment.selectionSet);
    measured.set(name, shape);
    return shape;
  }

  function ofSelections({ selections }: SelectionSetNode): SelectionShape {
    const shape = { ...NOTHING };
    for (const selection of selections) {
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet === undefined ? NOTHING : ofSelections(selection.selectionSet);
        shape.depth = Math.max(shape.depth, inner.depth + 1);
        shape.aliases += inner.aliases + (selection.alias === undefined ? 0 : 1);
        shape.fields += 1;
      } else {
        const inner =
          selection.kind === Kind.FRAGMENT_SPREAD
            ? ofFragment(selection.name.value)
            : ofSelections(selection.selectionSet);
        shape.depth = Math.max(shape.depth, inner.depth);
        shape.aliases += inner.aliases;
        shape.fields += inner.fields;
      }
    }
    return shape;
  }

  const whole: DocumentShape = { depth: 0, aliases: 0, rootFields: 0, directives: 0 };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      // One that nobody spreads is refused too, but its directives are there already.
      ofFragment(definition.name.value);
      directives += definition.directives?.length ?? 0;
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      const { depth, aliases, fields } = ofSelections(definition.selectionSet);
      directives += definition.directives?.length ?? 0;
      whole.depth = Math.max(whole.depth, depth);
      whole.aliases = Math.max(whole.aliases, aliases);
      whole.rootFields = Math.max(whole.rootFields, fields);
    }
  }
  return { ...whole, directives };
}

/** How many fields an operation has itself, those of fragments among them. */
export function countRootFields(document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return measureDocument({ ...document, definitions: [operation, ...fragments] }).rootFields;
}
