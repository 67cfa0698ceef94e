import { InvalidInputError } from '#domain/errors.ts';
import { isStorable } from '#lib/storable-text.ts';

const MAX_KEY_LENGTH = 255;

/** @throws {InvalidInputError} for a key that the database cannot hold, or that stands for nothing. */
export function checkIdempotencyKey(key: string | null): void {
  if (key === null) return;
  const path = ['input', 'idempotencyKey'];
  if (!isStorable(key)) throw new InvalidInputError(path, 'BAD_CHARACTERS');
  if (key === '') throw new InvalidInputError(path, 'EMPTY');
  if (key.length > MAX_KEY_LENGTH) throw new InvalidInputError(path, 'TOO_LONG', { max: MAX_KEY_LENGTH });
}
