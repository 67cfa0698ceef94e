import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { InvalidInputError } from '#domain/errors.ts';
import type { AgentGateway } from '#domain/operations/agent-gateway.ts';
import { findTargetIds } from '#domain/operations/operation-target.ts';
import type { OperationTarget } from '#domain/operations/operation-target.ts';
import type { Storage } from '#domain/storage.ts';
import { chunk } from '#lib/chunk.ts';
import type { Clock } from '#lib/clock.ts';
import { askClient } from './ask-client.ts';
import type { AskedClient, Presence } from './ask-client.ts';
import type { ClientStatus } from './client-status.ts';
import { recordPresences } from './record-presences.ts';
import type { Asked } from './record-presences.ts';

/** Most clients that are asked in one request: a large building. */
export const MAX_REFRESHED_CLIENTS = 500;

const MAX_REFRESH_WAIT_MS = 60_000;

/** Asked and written down together. */
const TOGETHER = 8;

/** Between the two times that a machine is asked where nobody was there. */
const ASK_AGAIN_MS = 500;

/** `STILL_ASKING`: nothing is known yet; the client is being asked. */
export type RefreshOutcome = 'ANSWERED' | 'REFUSED' | 'TIMED_OUT' | 'FAILED' | 'NOT_ALLOWED' | 'STILL_ASKING';

export interface RefreshedClient {
  clientId: string;
  outcome: RefreshOutcome;
  statusBefore: ClientStatus;
  /** The same as before while it is not known. */
  status: ClientStatus;
}

const OUTCOMES: Record<Presence['outcome'], RefreshOutcome> = {
  answered: 'ANSWERED',
  refused: 'REFUSED',
  'timed-out': 'TIMED_OUT',
  failed: 'FAILED',
  'not-allowed': 'NOT_ALLOWED',
};

export interface RefreshClients {
  /**
   * Asks the agents of all clients of a target how they are, also of those on record as off, and writes it down. A client that is being
   * asked already is not asked again: whoever wants to know is told the same.
   *
   * @throws {NotFoundError | InvalidInputError}
   */
  refresh: (target: OperationTarget, waitMs: number) => Promise<readonly RefreshedClient[]>;
  /** Writes down nothing more: what an agent did not say because this server went says nothing of its machine. */
  stop: () => void;
  /** Waits for what is in hand. */
  settle: () => Promise<void>;
}

type Known = Pick<RefreshedClient, 'outcome' | 'status'>;

export function createRefreshClients({
  db,
  agents,
  clock,
  atOnce,
}: {
  db: Storage;
  agents: AgentGateway;
  clock: Clock;
  /** How many are asked at once, of all requests together. */
  atOnce: number;
}): RefreshClients {
  const together = Math.min(TOGETHER, atOnce);
  const inTurn = pLimit(Math.max(1, Math.floor(atOnce / together)));
  const inHand = new Map<string, Promise<Known | null>>();
  let isStopped = false;

  async function askTwice(client: AskedClient): Promise<Asked> {
    const askedAt = clock.now();
    const first = await askClient(agents, client);
    if (first.outcome !== 'refused') return { clientId: client.id, askedAt, presence: first };
    await delay(ASK_AGAIN_MS);
    return { clientId: client.id, askedAt, refusedAt: askedAt, presence: await askClient(agents, client) };
  }

  /** @returns what is known of each; nothing of clients that are gone. */
  async function askTogether(clients: readonly AskedClient[]): Promise<Map<string, Known>> {
    if (isStopped) return new Map();
    const asked = await Promise.all(clients.map(askTwice));
    if (isStopped) return new Map();
    const statuses = await recordPresences({ db, clock }, asked, { offAfterMs: 0, askAgainAt: () => null });
    return new Map(
      asked.flatMap(({ clientId, presence }) => {
        const status = statuses.get(clientId);
        return status === undefined ? [] : [[clientId, { outcome: OUTCOMES[presence.outcome], status }] as const];
      }),
    );
  }

  function begin(clients: readonly AskedClient[]): void {
    for (const some of chunk(clients, together)) {
      const answers = inTurn(() => askTogether(some));
      for (const { id } of some) {
        const answer = answers.then((known) => known.get(id) ?? null).finally(() => inHand.delete(id));
        // Whoever waits hears of a failure; where nobody does any more, there is nobody to tell.
        answer.catch(() => {});
        inHand.set(id, answer);
      }
    }
  }

  return {
    async refresh(target, waitMs) {
      if (waitMs < 0 || waitMs > MAX_REFRESH_WAIT_MS) {
        throw new InvalidInputError(['input', 'waitMs'], 'OUT_OF_RANGE', { min: 0, max: MAX_REFRESH_WAIT_MS });
      }
      const ids = await findTargetIds(db, target, MAX_REFRESHED_CLIENTS);
      const clients = await readAsked(db, ids);
      begin(clients.filter(({ id }) => !inHand.has(id)));
      const waiting = new AbortController();
      const tooLate = delay(waitMs, null, { signal: waiting.signal }).catch(() => null);
      const known = await Promise.all(clients.map(({ id }) => Promise.race([inHand.get(id) ?? null, tooLate])));
      waiting.abort();
      return clients.map(({ id, status }, index) => ({
        clientId: id,
        statusBefore: status,
        ...(known[index] ?? { outcome: 'STILL_ASKING', status }),
      }));
    },
    stop() {
      isStopped = true;
    },
    async settle() {
      await Promise.allSettled(inHand.values());
    },
  };
}

async function readAsked(db: Storage, ids: readonly string[]): Promise<AskedClient[]> {
  return db.client.findMany({
    where: { id: { in: [...ids] } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      ip: true,
      status: true,
      agentVersion: true,
      agentCertificateSha256: true,
      installedCertificateSha256: true,
    },
  });
}
