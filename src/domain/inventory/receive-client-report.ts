import { ANNOUNCED_PERCENT, isPower, judgeStart } from '#domain/operations/power-actions.ts';
import { parseTraceInput } from '#domain/operations/trace-input.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import { diedWithMachine } from '#domain/tracing/trace-machine.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { SecretBox } from '#lib/secret-box.ts';
import { applyDiskLayout } from './apply-disk-layout.ts';
import { parseInstalledSystem, systemOfFileSystem, withSession, withoutSession } from './client-status.ts';
import type { ClientStatus, InstalledSystem } from './client-status.ts';
import type { DiskLayout } from './disk-layout.ts';
import { findReportingClient } from './find-reporting-client.ts';
import type { ClientHints } from './find-reporting-client.ts';
import { lockClient, setClientStatus } from './set-client-status.ts';
import type { ClientRow } from './set-client-status.ts';

/** What an agent says of its own machine. */
export type ClientNews =
  | { kind: 'oglive-started'; agentVersion: string | null; layout: DiskLayout | null }
  | { kind: 'oglive-ready' }
  /** `secret`: what the agent wants to hear with each order until its next start; null where it has none; undefined where this says nothing of it. */
  | { kind: 'system-started'; osType: string; agentVersion: string | null; secret: string | null | undefined }
  | { kind: 'system-stopped' }
  | { kind: 'logged-in'; osType: string }
  | { kind: 'logged-out' }
  /** In which state the agent says that its machine is. */
  | { kind: 'status-told'; status: ClientStatus }
  | { kind: 'layout-told'; layout: DiskLayout };

/** What a starting agent wants to know of itself. */
export interface ReportedClient {
  id: string;
  name: string;
  roomId: string;
  centerId: string;
  hasCache: boolean;
  /** The command that it is to run at each start; null for none. */
  autoexecId: string | null;
}

export type ReceiveClientReport = (hints: ClientHints, news: ClientNews) => Promise<ReportedClient | null>;

/**
 * Takes in what an agent says of its machine: started, ready, stopped, somebody logged in or out.
 *
 * Every kind may be said twice: a state is set, not counted. A start means that the machine was switched on or restarted,
 * so a job still in hand there died with it: its trace becomes LOST, for what it left on the disk nobody knows. A job that
 * was to make the machine restart has come to its end by that.
 *
 * @returns null for a machine that is not ours; nothing is changed then.
 */
export function createReceiveClientReport({
  db,
  clock,
  secretBox,
}: {
  db: Storage;
  clock: Clock;
  secretBox: Pick<SecretBox, 'seal'>;
}): ReceiveClientReport {
  return (hints, news) =>
    db.$transaction(async (tx) => {
      const id = await findReportingClient(tx, hints);
      if (id === null) return null;
      const now = clock.now();
      const client = await lockClient(tx, id);
      const events = isStart(news) ? await closeInterruptedJobs(tx, client, news, now) : [];
      if (isStop(news)) events.push(...(await followStop(tx, client, now)));
      if (news.kind === 'system-started' && news.secret !== undefined) {
        const installedSecret = news.secret === null ? null : secretBox.seal(news.secret, id);
        await tx.client.update({ where: { id }, data: { installedSecret } });
      }
      if ('layout' in news && news.layout !== null) await applyDiskLayout(tx, id, news.layout);
      const agentVersion =
        'agentVersion' in news && news.agentVersion !== null ? { agentVersion: news.agentVersion } : {};
      events.push(
        ...(await setClientStatus(tx, client, await settleStatus(tx, client, news), { heardAt: now, ...agentVersion })),
      );
      await appendEvents(tx, events);
      return describeClient(tx, id);
    });
}

function isStart(news: ClientNews): boolean {
  return news.kind === 'oglive-started' || news.kind === 'system-started';
}

function isStop(news: ClientNews): boolean {
  return news.kind === 'system-stopped' || (news.kind === 'status-told' && news.status === 'OFF');
}

/** Who says that it is free while a job of ours is in hand has only not heard of it. */
async function settleStatus(tx: Transaction, client: ClientRow, news: ClientNews): Promise<ClientStatus> {
  const status = statusAfter(client.status, news);
  if (news.kind !== 'status-told' || status !== 'OGLIVE' || client.status !== 'BUSY') return status;
  const inHand = await tx.trace.count({ where: { clientId: client.id, status: { in: [...SENT_STATUSES] } } });
  return inHand > 0 ? 'BUSY' : status;
}

function statusAfter(current: ClientStatus, news: ClientNews): ClientStatus {
  switch (news.kind) {
    case 'oglive-started':
      return 'OGLIVE';
    case 'oglive-ready':
      // An agent with a job in hand may say it is there; that does not make it free.
      return current === 'BUSY' ? 'BUSY' : 'OGLIVE';
    case 'system-started':
      return parseInstalledSystem(news.osType) ?? 'UNKNOWN';
    case 'system-stopped':
      return 'OFF';
    case 'logged-in':
      return withSession(current, parseInstalledSystem(news.osType));
    case 'logged-out':
      return withoutSession(current);
    case 'status-told':
      // One that speaks is there; what it does not know itself tells nothing.
      return news.status === 'UNKNOWN' || news.status === 'DISCONNECTED' ? current : news.status;
    case 'layout-told':
      return current;
  }
}

async function closeInterruptedJobs(
  tx: Transaction,
  client: ClientRow,
  news: ClientNews,
  now: Date,
): Promise<EventDraft[]> {
  // SENDING is left alone: its order may be reaching the agent that has just started.
  const interrupted = await tx.trace.findMany({
    where: { clientId: client.id, status: { in: [...SENT_STATUSES] } },
    select: { id: true, action: true, status: true, jobId: true, progress: true, sentAt: true, input: true },
  });
  const events: EventDraft[] = [];
  for (const { id, action, status, jobId, progress, sentAt, input } of interrupted) {
    const message = 'The machine restarted while the job was in hand: how far it came is not known.';
    const order = parseTraceInput(action, input);
    const fact: TraceFact | null = isPower(action)
      ? judgeStart(
          action,
          { jobId, progress, silentMs: 0, isGoneForLong: false, sentMs: now.getTime() - (sentAt ?? now).getTime() },
          news.kind === 'system-started' ? parseInstalledSystem(news.osType) : 'OGLIVE',
          order.action === 'START_SESSION' ? await findInstalledSystem(tx, client.id, order) : null,
        )
      : diedWithMachine(status, message);
    if (fact !== null) events.push(...(await applyTraceFact(tx, client, id, fact, now)).events);
  }
  return events;
}

/** A machine that was told to go off has gone; one that was told to start anew is on its way. */
async function followStop(tx: Transaction, client: ClientRow, now: Date): Promise<EventDraft[]> {
  const leaving = await tx.trace.findMany({
    where: { clientId: client.id, status: { in: [...SENT_STATUSES] }, action: { in: ['POWER_OFF', 'REBOOT'] } },
    orderBy: { id: 'asc' },
    select: { id: true, action: true, jobId: true },
  });
  const events: EventDraft[] = [];
  for (const { id, action, jobId } of leaving) {
    const fact: TraceFact =
      action === 'POWER_OFF'
        ? { fact: 'finished', jobId, succeeded: true }
        : { fact: 'progress', jobId, percent: ANNOUNCED_PERCENT };
    events.push(...(await applyTraceFact(tx, client, id, fact, now)).events);
  }
  return events;
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

async function describeClient(tx: Transaction, id: string): Promise<ReportedClient> {
  const client = await tx.client.findUniqueOrThrow({
    where: { id },
    select: {
      id: true,
      name: true,
      roomId: true,
      autoexecId: true,
      room: { select: { centerId: true } },
      partitions: { where: { fileSystem: { equals: 'CACHE', mode: 'insensitive' } }, select: { id: true }, take: 1 },
    },
  });
  return {
    id: client.id,
    name: client.name,
    roomId: client.roomId,
    centerId: client.room.centerId,
    hasCache: client.partitions.length > 0,
    autoexecId: client.autoexecId,
  };
}
