import { InvalidInputError } from '#domain/errors.ts';

/** The word for it in each language that we speak; people type the one they were shown. */
const WORDS = ['BORRAR', 'ERASE'] as const;

/**
 * Whoever erases disks types how many: a wrong number means that they aim at another room than they think.
 *
 * @throws {InvalidInputError} whose message tells the phrase.
 */
export function checkConfirmation(confirmation: string, clientCount: number): void {
  if (WORDS.some((word) => confirmation.trim() === `${word} ${clientCount}`)) return;
  throw new InvalidInputError(['input', 'confirmation'], 'CONFIRMATION_REQUIRED', { count: clientCount });
}
