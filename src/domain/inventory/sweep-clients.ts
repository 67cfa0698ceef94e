import pLimit from 'p-limit';
import type { AgentGateway } from '#domain/operations/agent-gateway.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { askClient } from './ask-client.ts';
import type { AskedClient } from './ask-client.ts';
import type { PresenceVerdict } from './judge-presence.ts';
import { recordPresences } from './record-presences.ts';

export interface SweepSettings {
  /** After how long a silence a client that is on record as on is asked; 0: only those are asked that could not be reached. */
  silenceMs: number;
  /** How many are asked at once. */
  atOnce: number;
  /** After how long one that could not be reached is asked again. */
  againMs: number;
  /** How long after the first refusal another one means that it is off. */
  offAfterMs: number;
  /** How long a client that is being asked is left to whoever asks it. */
  leaseMs: number;
}

/** One that was found off, and never said so, may be back without a word: it is asked so much less often than one that is on. */
const OFF_IS_ASKED_LESS_BY = 4;

/** And not for ever. */
const OFF_IS_ASKED_FOR_MS = 86_400_000;

interface Parts {
  db: Storage;
  agents: AgentGateway;
  clock: Clock;
  log: Logger;
  settings: SweepSettings;
}

/**
 * Asks clients that have been silent for long how they are, until none is left that is due: each in its own time, a few at once, and by one
 * of all servers. Those with a job in hand are left to whoever looks after jobs.
 */
export function createSweepClients({
  db,
  agents,
  clock,
  log,
  settings,
}: Parts): (signal: AbortSignal) => Promise<void> {
  const atOnce = pLimit(settings.atOnce);
  const askAgainAt = ({ status, refusedAt }: PresenceVerdict) => {
    // One that answered is due again by its silence.
    if (status !== 'DISCONNECTED' && refusedAt === null) return null;
    const afterMs = status === 'OFF' ? settings.silenceMs * OFF_IS_ASKED_LESS_BY : settings.againMs;
    return new Date(clock.now().getTime() + afterMs * (1 + Math.random() / 4));
  };
  return async (signal) => {
    let total = 0;
    for (;;) {
      const clients = signal.aborted ? [] : await claimDue(db, clock.now(), settings);
      if (clients.length === 0) break;
      total += clients.length;
      const asked = await Promise.all(
        clients.map((client) =>
          atOnce(async () => {
            const askedAt = clock.now();
            return { clientId: client.id, askedAt, presence: await askClient(agents, client) };
          }),
        ),
      );
      await recordPresences({ db, clock }, asked, { offAfterMs: settings.offAfterMs, askAgainAt });
    }
    if (total > 0) log.debug({ clients: total }, 'silent clients asked');
  };
}

/** Takes the clients that are due, and lets no other server take them for a while. Those of one room do not fall due at one moment. */
async function claimDue(
  db: Storage,
  now: Date,
  { silenceMs, atOnce, leaseMs }: SweepSettings,
): Promise<readonly AskedClient[]> {
  const leasedUntil = new Date(now.getTime() + leaseMs);
  const offSince = new Date(now.getTime() - OFF_IS_ASKED_FOR_MS);
  return db.$queryRaw<AskedClient[]>`
    UPDATE clients SET ask_at = ${leasedUntil}::timestamptz
    FROM (
      SELECT id FROM clients
      WHERE NOT maintenance AND (ask_at IS NULL OR ask_at <= ${now}::timestamptz)
        AND (status = 'DISCONNECTED' OR ${silenceMs}::int > 0 AND (
          status <> 'OFF' AND (status <> 'UNKNOWN' OR last_seen_at IS NOT NULL)
            AND (last_seen_at IS NULL
              OR last_seen_at < ${now}::timestamptz - ${silenceMs}::int * (1 + random() / 4) * interval '1 millisecond')
          OR status = 'OFF' AND refused_at > ${offSince}::timestamptz AND (last_seen_at IS NULL OR last_seen_at < refused_at)))
        AND NOT EXISTS (SELECT 1 FROM traces WHERE client_id = clients.id
          AND status IN ('SENDING', 'UNKNOWN', 'RUNNING', 'CANCELLING'))
      ORDER BY status = 'OFF', ask_at NULLS FIRST LIMIT ${atOnce}::int FOR NO KEY UPDATE SKIP LOCKED
    ) AS due
    WHERE clients.id = due.id
    RETURNING clients.id, ip, status::text AS status, agent_version AS "agentVersion",
      agent_certificate_sha256 AS "agentCertificateSha256", installed_certificate_sha256 AS "installedCertificateSha256"`;
}
