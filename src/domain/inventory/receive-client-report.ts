import { ANNOUNCED_PERCENT } from '#domain/operations/power-actions.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { SecretBox } from '#lib/secret-box.ts';
import { applyDiskLayout } from './apply-disk-layout.ts';
import { isOn, parseInstalledSystem, systemOf, withSession, withoutSession } from './client-status.ts';
import type { ClientStatus, ClientSystem } from './client-status.ts';
import { closeInterruptedJobs } from './close-interrupted-jobs.ts';
import type { DiskLayout } from './disk-layout.ts';
import { endPowerOn } from './end-power-on.ts';
import { findReportingClient } from './find-reporting-client.ts';
import type { ClientHints } from './find-reporting-client.ts';
import { judgeStartReport } from './judge-start-report.ts';
import { lockSpeaker } from './lock-speaker.ts';
import type { Speaker } from './lock-speaker.ts';
import { isCachePartition } from './partition-code.ts';
import { logIn, logOut } from './session-log.ts';
import { setClientStatus } from './set-client-status.ts';

/** What an agent says of its own machine. */
export type ClientNews =
  | { kind: 'oglive-started'; agentVersion: string | null; layout: DiskLayout | null }
  | { kind: 'oglive-ready' }
  /** `secret`: what the agent wants to hear with each order until its next start; null where it has none; undefined where this says nothing of it. */
  | { kind: 'system-started'; osType: string; agentVersion: string | null; secret: string | null | undefined }
  | { kind: 'system-stopped' }
  /** `user`: as the agent names who it is; null where it does not. */
  | { kind: 'logged-in'; osType: string; user: string | null }
  | { kind: 'logged-out'; user: string | null }
  /** In which state the agent says that its machine is. */
  | { kind: 'status-told'; status: ClientStatus }
  | { kind: 'layout-told'; layout: DiskLayout };

/** What a starting agent wants to know of itself. */
export interface ReportedClient {
  id: string;
  name: string;
  roomId: string;
  centerId: string;
  /** Null where a report was not one of a start: only those are answered with it. */
  hasCache: boolean | null;
  /** The command that it is to run at each start; null for none. */
  autoexecId: string | null;
}

/** Whether to believe a report that nobody has signed, and by what its sender is to be known from its start on. */
export interface Doubts {
  /** Throws where the client is not to be believed; nothing is changed then. */
  check: (client: Speaker) => void;
  /** SHA-256 of the secret that the report tells; null where it tells none. */
  secretSha256: string | null;
}

export type ReceiveClientReport = (
  hints: ClientHints,
  news: ClientNews,
  doubts?: Doubts,
) => Promise<ReportedClient | null>;

/**
 * Takes in what an agent says of its machine: started, ready, stopped, somebody logged in or out.
 *
 * Every kind may be said twice: a state is set, not counted. A new start means that the machine was switched on or restarted, so a job
 * still in hand there died with it: its trace becomes LOST, for what it left on the disk nobody knows. A job that was to make the machine
 * restart has come to its end by that. A start that is told again ends nothing (see {@link judgeStartReport}).
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
  return (hints, news, doubts) =>
    db.$transaction(async (tx) => {
      const id = await findReportingClient(tx, hints);
      if (id === null) return null;
      const now = clock.now();
      const client = await lockSpeaker(tx, id);
      doubts?.check(client);
      const wasOn = isOn(client.status);
      const start = isStart(news) ? judgeStart(client, news, doubts, now) : null;
      const events = start === null ? [] : await closeInterruptedJobs(tx, client, start, now);
      if (isStop(news)) events.push(...(await followStop(tx, client, now)));
      if ('layout' in news && news.layout !== null) await applyDiskLayout(tx, client, news.layout);
      const status = await settleStatus(tx, client, news, now);
      if (start === null && !wasOn && isOn(status)) events.push(...(await endPowerOn(tx, client, now)));
      events.push(
        ...(await setClientStatus(tx, client, status, {
          at: now,
          isHeard: true,
          isStart: start?.verdict === 'NEW',
          also: {
            ...('agentVersion' in news && news.agentVersion !== null ? { agentVersion: news.agentVersion } : {}),
            // An agent makes a new secret at each start: what it reports later is compared with this one.
            ...(start === null || doubts === undefined ? {} : { agentStartSecretSha256: doubts.secretSha256 }),
            ...(news.kind === 'system-started' && news.secret !== undefined
              ? { installedSecret: news.secret === null ? null : secretBox.seal(news.secret, id) }
              : {}),
          },
        })),
      );
      await appendEvents(tx, events);
      return describeClient(tx, client, news);
    });
}

type StartNews = Extract<ClientNews, { kind: 'oglive-started' | 'system-started' }>;

function isStart(news: ClientNews): news is StartNews {
  return news.kind === 'oglive-started' || news.kind === 'system-started';
}

function judgeStart(client: Speaker, news: StartNews, doubts: Doubts | undefined, now: Date) {
  const system: ClientSystem | null = news.kind === 'oglive-started' ? 'OGLIVE' : parseInstalledSystem(news.osType);
  const [told, known] = [doubts?.secretSha256 ?? null, client.startSecretSha256];
  const secret = told === null || known === null ? 'not-told' : told === known ? 'same' : 'another';
  return { system, verdict: judgeStartReport({ ...client, system, secret }, now) };
}

function isStop(news: ClientNews): boolean {
  return news.kind === 'system-stopped' || (news.kind === 'status-told' && news.status === 'OFF');
}

/** Who says that it is free while a job of ours is in hand has only not heard of it, and whose user left may have another. */
async function settleStatus(tx: Transaction, client: Speaker, news: ClientNews, now: Date): Promise<ClientStatus> {
  const status = statusAfter(client.status, news);
  if (news.kind === 'logged-in' && news.user !== null) {
    const system = systemOf(status) ?? client.runningSystem;
    if (system !== null) await logIn(tx, client.id, system, news.user, now);
  }
  if (news.kind === 'logged-out') {
    return (await logOut(tx, client.id, news.user, now)) ? client.status : status;
  }
  if (status !== 'OGLIVE' || client.status !== 'BUSY') return status;
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

/** A machine that was told to go off has gone; one that was told to start anew is on its way. */
async function followStop(tx: Transaction, client: Speaker, now: Date): Promise<EventDraft[]> {
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

/** What it has of its own row, and whether it has a CACHE: by what it just said of its disks, else by what is stored. */
async function describeClient(tx: Transaction, client: Speaker, news: ClientNews): Promise<ReportedClient> {
  const { id, name, roomId, centerId, autoexecId } = client;
  return { id, name, roomId, centerId, autoexecId, hasCache: isStart(news) ? await hasCache(tx, id, news) : null };
}

async function hasCache(tx: Transaction, clientId: string, news: StartNews): Promise<boolean> {
  if ('layout' in news && news.layout !== null) {
    return news.layout.disks.some(({ partitions }) => partitions.some(isCachePartition));
  }
  const where = { clientId, fileSystem: { equals: 'CACHE', mode: 'insensitive' } } as const;
  return (await tx.partition.findFirst({ where, select: { id: true } })) !== null;
}
