import { isLeaving, judgeStart } from '#domain/operations/leaving-actions.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import type { Clock } from '#lib/clock.ts';
import { applyDiskLayout } from './apply-disk-layout.ts';
import { parseInstalledSystem, withSession, withoutSession } from './client-status.ts';
import type { ClientStatus } from './client-status.ts';
import type { DiskLayout } from './disk-layout.ts';
import { findReportingClient } from './find-reporting-client.ts';
import type { ClientHints } from './find-reporting-client.ts';
import { lockClient, setClientStatus } from './set-client-status.ts';
import type { ClientRow } from './set-client-status.ts';

/** What an agent says of its own machine. */
export type ClientNews =
  | { kind: 'oglive-started'; agentVersion: string | null; layout: DiskLayout | null }
  | { kind: 'oglive-ready' }
  | { kind: 'system-started'; osType: string; agentVersion: string | null }
  | { kind: 'system-stopped' }
  | { kind: 'logged-in'; osType: string }
  | { kind: 'logged-out' };

/** What a starting agent wants to know of itself. */
export interface ReportedClient {
  id: string;
  name: string;
  roomId: string;
  centerId: string;
  hasCache: boolean;
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
export function createReceiveClientReport({ db, clock }: { db: Storage; clock: Clock }): ReceiveClientReport {
  return (hints, news) =>
    db.$transaction(async (tx) => {
      const id = await findReportingClient(tx, hints);
      if (id === null) return null;
      const now = clock.now();
      const client = await lockClient(tx, id);
      const events = isStart(news) ? await closeInterruptedJobs(tx, client, news, now) : [];
      if (news.kind === 'oglive-started' && news.layout !== null) await applyDiskLayout(tx, id, news.layout);
      const agentVersion =
        'agentVersion' in news && news.agentVersion !== null ? { agentVersion: news.agentVersion } : {};
      events.push(
        ...(await setClientStatus(tx, client, statusAfter(client.status, news), { heardAt: now, ...agentVersion })),
      );
      await appendEvents(tx, events);
      return describeClient(tx, id);
    });
}

function isStart(news: ClientNews): boolean {
  return news.kind === 'oglive-started' || news.kind === 'system-started';
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
    where: { clientId: client.id, status: { in: ['RUNNING', 'UNKNOWN', 'CANCELLING'] } },
    select: { id: true, action: true, jobId: true, progress: true, sentAt: true },
  });
  const events: EventDraft[] = [];
  for (const { id, action, jobId, progress, sentAt } of interrupted) {
    const message = 'The machine restarted while the job was in hand: how far it came is not known.';
    const fact: TraceFact | null = isLeaving(action)
      ? judgeStart(
          action,
          { jobId, progress, silentMs: 0, isGoneForLong: false, sentMs: now.getTime() - (sentAt ?? now).getTime() },
          news.kind === 'system-started' ? 'system' : 'oglive',
        )
      : { fact: 'lost', reason: 'AGENT_RESTARTED', message };
    if (fact !== null) events.push(...(await applyTraceFact(tx, client, id, fact, now)).events);
  }
  return events;
}

async function describeClient(tx: Transaction, id: string): Promise<ReportedClient> {
  const client = await tx.client.findUniqueOrThrow({
    where: { id },
    select: {
      id: true,
      name: true,
      roomId: true,
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
  };
}
