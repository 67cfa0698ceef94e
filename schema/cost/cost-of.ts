import { Kind, getNamedType, isCompositeType, isListType, isNonNullType, valueFromASTUntyped } from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import { INNER_PAGE_SIZES, LIST_SIZES, USUAL_LIST_SIZE } from './list-sizes.ts';

/** What is needed to say what an operation costs: a resolver's `info` has it, and so have the arguments of an execution. */
export interface Costing {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** As they were sent; what they leave out has the default of the operation. */
  variableValues: Readonly<Record<string, unknown>>;
}

/** Items of a page where neither `first` nor `last` is said, as the pages themselves have it. */
const USUAL_PAGE_SIZE = 100;
/** What is more cannot be told in an `Int`, and is told as this. */
const MAX_TOLD = 2 ** 31 - 1;

/**
 * The cost of an operation: how many objects its answer may hold, by what the document and its variables say alone. A page counts as long
 * as it is asked for, one of what is inside of something else by {@link INNER_PAGE_SIZES} at most, a list without pages by
 * {@link LIST_SIZES}, and whatever is inside of them as often.
 */
export function costOf({ schema, operation, fragments, variableValues }: Costing): number {
  const variables = { ...defaultsOf(operation), ...variableValues };
  const ofFragments = new Map<string, number>();

  function ofSelections(set: SelectionSetNode, type: GraphQLNamedType | undefined, pageSize: number): number {
    let cost = 0;
    for (const selection of set.selections) {
      if (!isAsked(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) cost += ofField(selection, type, pageSize);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += ofFragment(selection.name.value, pageSize);
      else {
        const condition = selection.typeCondition?.name.value;
        cost += ofSelections(
          selection.selectionSet,
          condition === undefined ? type : schema.getType(condition),
          pageSize,
        );
      }
    }
    return cost;
  }

  // Once for each size of page that it stands in: fragments that spread others twice would take for ever otherwise.
  function ofFragment(name: string, pageSize: number): number {
    const key = `${pageSize} ${name}`;
    const known = ofFragments.get(key);
    if (known !== undefined) return known;
    const fragment = fragments[name];
    if (fragment === undefined) return 0;
    const cost = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), pageSize);
    ofFragments.set(key, cost);
    return cost;
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined, pageSize: number): number {
    const name = node.name.value;
    const field = isCompositeType(parent) ? schema.getField(parent, name) : undefined;
    if (field === undefined || node.selectionSet === undefined) return 0;
    const asked = sizeAskedFor(node, variables);
    const pages = Math.min(asked ?? USUAL_PAGE_SIZE, INNER_PAGE_SIZES[`${parent?.name}.${name}`] ?? Infinity);
    const one = 1 + ofSelections(node.selectionSet, getNamedType(field.type), pages);
    const type = isNonNullType(field.type) ? field.type.ofType : field.type;
    if (!isListType(type)) return one;
    const isPage = parent?.name.endsWith('Connection') === true && (name === 'nodes' || name === 'edges');
    if (isPage) return one * pageSize;
    return one * (asked ?? LIST_SIZES[`${parent?.name}.${name}`] ?? USUAL_LIST_SIZE);
  }

  const cost = ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined, 0);
  return Math.min(cost, MAX_TOLD);
}

/** What the arguments say of how long a list may become; null where they say nothing that can be counted on. */
function sizeAskedFor(node: FieldNode, variables: Readonly<Record<string, unknown>>): number | null {
  for (const { name, value } of node.arguments ?? []) {
    const given = valueOf(value, variables);
    if ((name.value === 'first' || name.value === 'last') && typeof given === 'number') return Math.max(0, given);
    if (name.value === 'ids' && Array.isArray(given)) return given.length;
  }
  return null;
}

function isAsked({ directives = [] }: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  return directives.every(({ name, arguments: given = [] }) => {
    const condition = given.find((argument) => argument.name.value === 'if');
    if (condition === undefined) return true;
    const isTrue = valueOf(condition.value, variables);
    if (name.value === 'include') return isTrue !== false;
    return name.value !== 'skip' || isTrue !== true;
  });
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );
}

/** A value as it stands in the document, or that of its variable. */
function valueOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  return valueFromASTUntyped(node, variables);
}
