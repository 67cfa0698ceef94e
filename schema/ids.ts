import { decodeGlobalID } from '@pothos/plugin-relay';
import { NotFoundError } from '#domain/errors.ts';
import { isUuid } from '#lib/uuid.ts';

/** Our own id out of a Relay id of one type; null for an id of another type, or for no id at all. */
export function readId(globalId: string, type: string): string | null {
  try {
    const { typename, id } = decodeGlobalID(globalId);
    return typename === type && isUuid(id) ? id : null;
  } catch {
    return null;
  }
}

/** @throws {NotFoundError} at `path`: an id of nothing and an id of something else are answered alike. */
export function requireId(globalId: string, type: string, path: readonly string[]): string {
  const id = readId(globalId, type);
  if (id === null) throw new NotFoundError(path, type);
  return id;
}

/** For `findUnique`: an id that is none names no row, without the database being asked for something it cannot read. */
export function whereId(id: string): { id: string } {
  return { id: isUuid(id) ? id : '00000000-0000-0000-0000-000000000000' };
}
