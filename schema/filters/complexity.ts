import { GraphQLError } from 'graphql';

/** Beyond any filter that a person would put together, and well within what the database plans quickly. */
const FILTER_LIMITS = { depth: 8, conditions: 100, values: 1000 } as const;

type Limit = keyof typeof FILTER_LIMITS;

const WORDS: Record<Limit, string> = {
  depth: 'levels of filters inside of one another',
  conditions: 'conditions, an object without any counting as one',
  values: 'values in all its lists together',
};

/** How far a walk over a filter has come: how deep it is, and what was met so far on all its branches. */
export interface Walk {
  depth: number;
  spent: { conditions: number; values: number };
}

export function startWalk(): Walk {
  return { depth: 1, spent: { conditions: 0, values: 0 } };
}

/**
 * One level further in. Comes before every descent, so that no filter is deep enough to overflow a stack.
 *
 * @throws {GraphQLError} FILTER_TOO_COMPLEX
 */
export function goDeeper({ depth, spent }: Walk): Walk {
  if (depth >= FILTER_LIMITS.depth) throw refuse('depth');
  return { depth: depth + 1, spent };
}

/**
 * Counts the conditions of one object of a filter.
 *
 * @throws {GraphQLError} FILTER_TOO_COMPLEX
 */
export function spend({ spent }: Walk, conditions: readonly unknown[]): void {
  spent.conditions += Math.max(1, conditions.length);
  if (spent.conditions > FILTER_LIMITS.conditions) throw refuse('conditions');
  for (const value of conditions) if (Array.isArray(value)) spent.values += value.length;
  if (spent.values > FILTER_LIMITS.values) throw refuse('values');
}

function refuse(limit: Limit): GraphQLError {
  const max = FILTER_LIMITS[limit];
  return new GraphQLError(`A filter may have at most ${max} ${WORDS[limit]}.`, {
    extensions: { code: 'FILTER_TOO_COMPLEX', limit, max },
  });
}
