import { ANNOUNCED_PERCENT, isPower, judgeStart } from '#domain/operations/power-actions.ts';
import type { PowerAction } from '#domain/operations/power-actions.ts';
import { parseTraceInput } from '#domain/operations/trace-input.ts';
import type { Transaction } from '#domain/storage.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import { diedWithMachine } from '#domain/tracing/trace-machine.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { systemOfFileSystem } from './client-status.ts';
import type { ClientSystem, InstalledSystem } from './client-status.ts';
import { judgeJobAtStart } from './judge-start-report.ts';
import type { StartVerdict } from './judge-start-report.ts';
import type { ClientRow } from './set-client-status.ts';

const JOB_IN_HAND = {
  id: true,
  action: true,
  status: true,
  jobId: true,
  progress: true,
  sentAt: true,
  handedOverAt: true,
  missingSince: true,
  input: true,
} as const satisfies Prisma.TraceSelect;

type JobInHand = Prisma.TraceGetPayload<{ select: typeof JOB_IN_HAND }>;

/**
 * What a start of the machine means for the jobs that it has in hand: those that died with it are closed, those that may have are marked,
 * and whoever looks after jobs asks the agent for them.
 */
export async function closeInterruptedJobs(
  tx: Transaction,
  client: ClientRow,
  { system, verdict }: { system: ClientSystem | null; verdict: StartVerdict },
  now: Date,
): Promise<EventDraft[]> {
  // SENDING is left alone: its order may be reaching the agent that has just started.
  const jobs = await tx.trace.findMany({
    where: { clientId: client.id, status: { in: [...SENT_STATUSES] } },
    orderBy: { id: 'asc' },
    select: JOB_IN_HAND,
  });
  const events: EventDraft[] = [];
  const doubted: string[] = [];
  for (const job of jobs) {
    const { id, action, status, progress, sentAt, handedOverAt, missingSince } = job;
    let fact: TraceFact | null = null;
    if (isPower(action)) {
      fact = await judgePowerJob(tx, client.id, { ...job, action }, { system, verdict }, now);
    } else {
      const fate = judgeJobAtStart(verdict, { sentAt, isFetched: handedOverAt !== null, hasBegun: progress > 0 }, now);
      const message = 'The machine restarted while the job was in hand: how far it came is not known.';
      if (fate === 'died') fact = diedWithMachine(status, message);
      if (fate === 'ask' && missingSince === null) doubted.push(id);
    }
    if (fact !== null) events.push(...(await applyTraceFact(tx, client, id, fact, now)).events);
  }
  if (doubted.length > 0) {
    await tx.trace.updateMany({ where: { id: { in: doubted } }, data: { missingSince: now } });
  }
  return events;
}

/** For what is to switch the machine on, a start is a start; anything else must not be ended by one from before its order. */
async function judgePowerJob(
  tx: Transaction,
  clientId: string,
  { action, input, jobId, progress, sentAt }: JobInHand & { action: PowerAction },
  { system, verdict }: { system: ClientSystem | null; verdict: StartVerdict },
  now: Date,
): Promise<TraceFact | null> {
  const mayBeEarlier = verdict === 'REPEAT' || (verdict === 'DOUBTFUL' && progress < ANNOUNCED_PERCENT);
  if (action !== 'POWER_ON' && mayBeEarlier) return null;
  const order = parseTraceInput(action, input);
  return judgeStart(
    action,
    { jobId, progress, silentMs: 0, isGoneForLong: false, sentMs: now.getTime() - (sentAt ?? now).getTime() },
    system,
    order.action === 'START_SESSION' ? await findInstalledSystem(tx, clientId, order) : null,
  );
}

/** Which system a partition is known to hold, as far as its file system gives it away. */
async function findInstalledSystem(
  tx: Transaction,
  clientId: string,
  { disk, partition }: { disk: number; partition: number },
): Promise<InstalledSystem | null> {
  const row = await tx.partition.findFirst({
    where: { clientId, number: partition, disk: { number: disk } },
    select: { fileSystem: true },
  });
  return systemOfFileSystem(row?.fileSystem ?? '');
}
