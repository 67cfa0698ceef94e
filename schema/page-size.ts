import { GraphQLError } from 'graphql';

/** Most items a page of a connection may have, and how many it has when nobody says. */
const MAX_PAGE_SIZE = 100;

/** What the Prisma plugin's cursors say: the kind of key and the key. */
const UUID_CURSOR = /^GPC:S:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NUMBER_CURSOR = /^GPC:[NI]:\d{1,18}$/;

interface PageArgs {
  after?: string | null | undefined;
  before?: string | null | undefined;
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/** Asking for more than a page may hold is an error: a list cut short in silence looks like the whole of it. */
function checkPage({ first, last, after, before }: PageArgs, key: RegExp): number {
  for (const [name, size] of Object.entries({ first, last })) {
    if (size === null || size === undefined || (size >= 0 && size <= MAX_PAGE_SIZE)) continue;
    throw new GraphQLError(`"${name}" must be between 0 and ${MAX_PAGE_SIZE}; ask for more with further pages.`, {
      extensions: { code: 'PAGE_SIZE_OUT_OF_RANGE', argument: name, max: MAX_PAGE_SIZE },
    });
  }
  for (const [name, cursor] of Object.entries({ after, before })) {
    if (
      cursor === null ||
      cursor === undefined ||
      key.test(Buffer.from(cursor.slice(0, 100), 'base64').toString('latin1'))
    ) {
      continue;
    }
    throw new GraphQLError(`"${name}" is no cursor of this list; take one from its edges or its pageInfo.`, {
      extensions: { code: 'INVALID_CURSOR', argument: name },
    });
  }
  return MAX_PAGE_SIZE;
}

/** What every connection over rows has in common. */
export const page = {
  maxSize: (args: PageArgs) => checkPage(args, UUID_CURSOR),
  defaultSize: MAX_PAGE_SIZE,
  totalCount: true,
} as const;

/** The same for rows that are counted, not named by a UUID. */
export const numberedPage = { ...page, maxSize: (args: PageArgs) => checkPage(args, NUMBER_CURSOR) } as const;
