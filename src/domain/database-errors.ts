import { Prisma } from '#prisma/generated/client/client.ts';

/** Somebody else was quicker: what only one may have, another row has. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002');
}

/** A row that this one names was deleted meanwhile. */
export function isReferenceViolation(error: unknown): boolean {
  return hasCode(error, 'P2003');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}
