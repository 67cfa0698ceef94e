import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import type { Clock } from '#lib/clock.ts';
import type { Presence } from './ask-client.ts';
import { isOn } from './client-status.ts';
import { endPowerOn } from './end-power-on.ts';
import { judgePresence } from './judge-presence.ts';
import type { PresenceVerdict } from './judge-presence.ts';
import { setClientStatuses } from './set-client-status.ts';
import type { ClientRow } from './set-client-status.ts';

/** A client that was asked, since when, and how it is. */
export interface Asked {
  clientId: string;
  askedAt: Date;
  presence: Presence;
}

interface AskedRow extends ClientRow {
  lastSeenAt: Date | null;
  refusedAt: Date | null;
  hasJob: boolean;
}

interface Judged {
  client: AskedRow;
  verdict: PresenceVerdict;
  isHeard: boolean;
}

/**
 * Writes down how clients are that were asked: one transaction for all of them, with a statement for each state that they are in and not
 * for each client. One that has spoken itself since it was asked is left as it said.
 */
export async function recordPresences(
  { db, clock }: { db: Storage; clock: Clock },
  asked: readonly Asked[],
  { offAfterMs, askAgainAt }: { offAfterMs: number; askAgainAt: (verdict: PresenceVerdict) => Date | null },
): Promise<void> {
  if (asked.length === 0) return;
  await db.$transaction(async (tx) => {
    const rows = await lockAsked(
      tx,
      asked.map(({ clientId }) => clientId),
    );
    const judged = rows.flatMap((client): Judged[] => {
      const one = asked.find(({ clientId }) => clientId === client.id);
      if (one === undefined || (client.lastSeenAt !== null && client.lastSeenAt > one.askedAt)) return [];
      const verdict = judgePresence(one.presence, client, { askedAt: one.askedAt, offAfterMs });
      return [{ client, verdict, isHeard: one.presence.outcome === 'answered' }];
    });
    const now = clock.now();
    const events: EventDraft[] = [];
    for (const { client, isHeard } of judged) {
      if (isHeard && client.hasJob && !isOn(client.status)) events.push(...(await endPowerOn(tx, client, now)));
    }
    events.push(...(await setStates(tx, judged, now)));
    await setTimes(tx, judged, askAgainAt);
    await appendEvents(tx, events);
  });
}

async function lockAsked(tx: Transaction, clientIds: readonly string[]): Promise<AskedRow[]> {
  return tx.$queryRaw<AskedRow[]>`
    SELECT id, room_id AS "roomId", status::text AS status, running_system::text AS "runningSystem",
      running_since AS "runningSince", last_seen_at AS "lastSeenAt", refused_at AS "refusedAt",
      EXISTS (SELECT 1 FROM traces WHERE client_id = clients.id
        AND status IN ('SENDING', 'UNKNOWN', 'RUNNING', 'CANCELLING')) AS "hasJob"
    FROM clients WHERE id = ANY(${[...clientIds]}::uuid[]) ORDER BY id FOR NO KEY UPDATE OF clients`;
}

async function setStates(tx: Transaction, judged: readonly Judged[], at: Date): Promise<EventDraft[]> {
  const groups = Map.groupBy(judged, ({ verdict, isHeard }) => `${verdict.status} ${isHeard}`);
  const events: EventDraft[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { verdict, isHeard } = first;
    const clients = group.map(({ client }) => client).filter(({ status }) => isHeard || status !== verdict.status);
    if (clients.length === 0) continue;
    const ended = verdict.status === 'OFF' ? ({ ended: 'NOT_KNOWN' } as const) : {};
    events.push(...(await setClientStatuses(tx, clients, verdict.status, { at, isHeard, ...ended })));
  }
  return events;
}

async function setTimes(
  tx: Transaction,
  judged: readonly Judged[],
  askAgainAt: (verdict: PresenceVerdict) => Date | null,
): Promise<void> {
  const ids = judged.map(({ client }) => client.id);
  const refused = judged.map(({ verdict }) => verdict.refusedAt?.toISOString() ?? null);
  const again = judged.map(({ verdict }) => askAgainAt(verdict)?.toISOString() ?? null);
  await tx.$executeRaw`
    UPDATE clients SET refused_at = said.refused_at, ask_at = said.ask_at
    FROM unnest(${ids}::uuid[], ${refused}::timestamptz[], ${again}::timestamptz[]) AS said (id, refused_at, ask_at)
    WHERE clients.id = said.id`;
}
