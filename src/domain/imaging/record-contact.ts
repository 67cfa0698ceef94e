import type { Transaction } from '#domain/storage.ts';
import type { RepositoryOutcome } from './repository-gateway.ts';

/**
 * Writes on a repository's row how a call to it went: when it last answered, and what went wrong since. Not a change of what administrators
 * keep, so the row's version and time stay.
 */
export async function recordContact(
  tx: Transaction,
  repositoryId: string,
  outcome: RepositoryOutcome<unknown>,
  now: Date,
): Promise<void> {
  const reachedAt = outcome.outcome === 'done' || outcome.outcome === 'refused' ? now : null;
  const error = outcome.outcome === 'done' ? null : outcome.message;
  await tx.$executeRaw`
    UPDATE repositories SET last_reached_at = COALESCE(${reachedAt}::timestamptz, last_reached_at), last_error = ${error}
    WHERE id = ${repositoryId}::uuid`;
}
