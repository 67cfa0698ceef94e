import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';

/** Reports that changed nothing, of one sender: far more than can be on their way at a time. */
export const MAX_IDLE_REPORTS = 100;
/** Reports of one job by others than its repository: enough to see what is wrong with the addresses. */
const MAX_OF_STRANGERS = 20;
/** A report that comes before its job's name does so by seconds; the rest is for people who look into something. */
const MAX_AGE_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Whether what somebody says who is no repository of ours is worth keeping: only where it names a job that a repository was given, and not
 * much of it. It is never believed.
 */
export async function isStrangerWorthKeeping(tx: Transaction, jobId: string): Promise<boolean> {
  const asked = await tx.imageReplica.count({ where: { OR: [{ auxiliaryJobId: jobId }, { transferJobId: jobId }] } });
  if (asked === 0) return false;
  return (await tx.repositoryJobReport.count({ where: { jobId, state: 'KEPT' } })) < MAX_OF_STRANGERS;
}

/** Deletes the oldest of a sender's reports that changed nothing, where there are too many. To be called after one was stored. */
export async function trimReports(tx: Transaction, sender: string): Promise<void> {
  // Two that come together need not wait for one another: what one of them leaves, the next one takes.
  await tx.$executeRaw`
    DELETE FROM repository_reports WHERE id IN (
      SELECT id FROM repository_reports WHERE sender = ${sender} AND state <> 'APPLIED'
      ORDER BY received_at DESC, id DESC OFFSET ${MAX_IDLE_REPORTS} FOR UPDATE SKIP LOCKED)`;
}

/** Deletes reports that changed nothing and are old. Those by which jobs ended stay, one for each job. */
export function createPruneReports({ db, clock }: { db: Storage; clock: Clock }): () => Promise<void> {
  return async () => {
    const old = new Date(clock.now().getTime() - MAX_AGE_DAYS * DAY_MS);
    await db.repositoryJobReport.deleteMany({ where: { state: { not: 'APPLIED' }, receivedAt: { lt: old } } });
  };
}
