import type { Storage, Transaction } from '#domain/storage.ts';
import { hashOf } from '#lib/canonical-json.ts';
import type { Clock } from '#lib/clock.ts';
import { endImageJob, findReplicaOfJob, lockImageJob } from './image-jobs.ts';
import type { FindSenders, ReceivedReport } from './image-jobs.ts';
import { isStrangerWorthKeeping, trimReports } from './stored-reports.ts';

/**
 * What became of a report. `kept`: it fits no job yet, or comes from nobody who may say so. `late`: the job had ended already. A stranger is
 * not told whether what he says is stored.
 */
export type RepositoryReportOutcome = 'applied' | 'repeat' | 'late' | 'kept';

export type ReceiveRepositoryReport = (report: ReceivedReport) => Promise<RepositoryReportOutcome>;

/**
 * Takes in what a repository says of a job.
 *
 * One transaction stores the report as it came and applies it; so an answer of ours means that it is safe, a failure of ours leaves nothing
 * behind, and the sender may simply say it again. Only a repository's own word, by the address it comes from, changes anything. What anybody
 * else says is counted, and stored only where it is about a job that there is: whoever can reach the server must not be able to fill it.
 */
export function createReceiveRepositoryReport({
  db,
  clock,
  findSenders,
  onStranger,
  onNews,
}: {
  db: Storage;
  clock: Clock;
  findSenders: FindSenders;
  /** Told whose report was not stored. */
  onStranger: (report: { sender: string; jobId: string }) => void;
  /** Told which repositories may have something new, after it was stored. */
  onNews: (repositoryIds: readonly string[]) => void;
}): ReceiveRepositoryReport {
  return async (report) => {
    const { jobId } = report;
    const { outcome, concerned, isStored } = await db.$transaction(async (tx) => {
      // The job's name first: whoever records the repository's answer takes it too, so a report that comes at that very moment is either
      // seen by it or sees what it wrote.
      await lockImageJob(tx, jobId);
      const ids = await findSenders(tx, report.sender);
      const taken = await take(tx, report, ids, clock.now());
      if (taken === null) return { outcome: 'kept' as const, concerned: ids, isStored: false };
      // What one repository sent, another one has.
      const receiver = taken.repositoryId === null ? [] : [taken.repositoryId];
      return { outcome: taken.outcome, concerned: [...new Set([...ids, ...receiver])], isStored: true };
    });
    if (!isStored) onStranger({ sender: report.sender, jobId });
    if (concerned.length > 0) onNews(concerned);
    return outcome;
  };
}

interface Taken {
  outcome: RepositoryReportOutcome;
  /** Where the copy is whose job it ended. */
  repositoryId: string | null;
}

/** @returns null where it is not worth storing. */
async function take(
  tx: Transaction,
  report: ReceivedReport,
  senders: readonly string[],
  now: Date,
): Promise<Taken | null> {
  const { jobId, sender, body } = report;
  const digest = hashOf([sender, jobId, body]);
  const known = await tx.repositoryJobReport.findUnique({ where: { digest }, select: { state: true } });
  if (known !== null) {
    await tx.repositoryJobReport.update({ where: { digest }, data: { copies: { increment: 1 } } });
    return { outcome: known.state === 'KEPT' ? 'kept' : 'repeat', repositoryId: null };
  }
  if (senders.length === 0 && !(await isStrangerWorthKeeping(tx, jobId))) return null;
  const replica = report.succeeded === null ? null : await findReplicaOfJob(tx, jobId, senders);
  const isApplied = replica !== null && (await endImageJob(tx, replica.id, report));
  const isLate = replica === null && (await isOver(tx, report, senders));
  await tx.repositoryJobReport.create({
    data: {
      digest,
      jobId,
      sender,
      body,
      replicaId: replica?.id ?? null,
      receivedAt: now,
      state: isApplied ? 'APPLIED' : replica !== null || isLate ? 'LATE' : 'KEPT',
    },
  });
  if (isApplied) return { outcome: 'applied', repositoryId: replica.repositoryId };
  await trimReports(tx, sender);
  return { outcome: replica !== null || isLate ? 'late' : 'kept', repositoryId: null };
}

/** Whether the same repository has ended a job of that name already: another one may have a job of the same name, which has not begun yet. */
async function isOver(
  tx: Transaction,
  { jobId, sender }: ReceivedReport,
  senders: readonly string[],
): Promise<boolean> {
  if (senders.length === 0) return false;
  const ended = await tx.repositoryJobReport.count({ where: { jobId, sender, state: 'APPLIED' } });
  return ended > 0;
}
