import { NotFoundError } from '#domain/errors.ts';
import { isUuid } from '#lib/uuid.ts';
import { decodeNodeId } from './node-id.ts';

/** Our own id out of a Relay id of one type; null for an id of another type, or for no id at all. */
export function readId(globalId: string, type: string): string | null {
  const { typename, id } = decodeNodeId(globalId);
  return typename === type && isUuid(id) ? id : null;
}

/** Whether something was said at all: an empty id was, and names nothing. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
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
