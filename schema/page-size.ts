import { GraphQLError } from 'graphql';

/** Most items a page of a connection may have, and how many it has when nobody says. */
const MAX_PAGE_SIZE = 100;

interface PageArgs {
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/** Asking for more than a page may hold is an error: a list cut short in silence looks like the whole of it. */
function maxPageSize({ first, last }: PageArgs): number {
  for (const [name, size] of Object.entries({ first, last })) {
    if (size === null || size === undefined || (size >= 0 && size <= MAX_PAGE_SIZE)) continue;
    throw new GraphQLError(`"${name}" must be between 0 and ${MAX_PAGE_SIZE}; ask for more with further pages.`, {
      extensions: { code: 'PAGE_SIZE_OUT_OF_RANGE', argument: name, max: MAX_PAGE_SIZE },
    });
  }
  return MAX_PAGE_SIZE;
}

/** What every connection over rows has in common. */
export const page = { maxSize: maxPageSize, defaultSize: MAX_PAGE_SIZE, totalCount: true } as const;
