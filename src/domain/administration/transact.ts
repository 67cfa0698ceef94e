import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Storage, Transaction } from '#domain/storage.ts';
import { Prisma } from '#prisma/generated/client/client.ts';

/** Long enough for a center with all its rooms to be deleted, or for tens of thousands of rows on a slow disk. */
const LIMITS = { timeout: 120_000, maxWait: 60_000 };
const MAX_ATTEMPTS = 6;
/** One administrator's change at a time, whichever server it comes to. */
const ADMINISTRATION_LOCK = 7_301_956n;

const turns = new WeakMap<Storage, ReturnType<typeof pLimit>>();

/**
 * Runs an administrator's change as one transaction, after those that came before it.
 *
 * Changes touch many rows in all sorts of orders – a room with its clients, groups with what is in them – and would lock one another out.
 * They are rare and short, so they take turns: in this process before a connection is taken, among servers by a lock of the database. What
 * agents report goes on meanwhile; where a change and a report get in one another's way, the change is tried again.
 */
export function transact<T>(db: Storage, run: (tx: Transaction) => Promise<T>): Promise<T> {
  let turn = turns.get(db);
  if (turn === undefined) {
    turn = pLimit(1);
    turns.set(db, turn);
  }
  return turn(() => attempt(db, run));
}

async function attempt<T>(db: Storage, run: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await db.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT set_config('lock_timeout', '60s', true)`;
        await tx.$queryRaw`SELECT pg_advisory_xact_lock(${ADMINISTRATION_LOCK})::text`;
        return run(tx);
      }, LIMITS);
    } catch (error) {
      if (count === MAX_ATTEMPTS || !isInterrupted(error)) throw error;
      await delay(Math.random() * 50 * count);
    }
  }
}

/** Codes of Prisma: a deadlock or a write conflict, and a foreign key that points at nothing any more. */
const INTERRUPTIONS = new Set(['P2034', 'P2003']);
/** What PostgreSQL itself calls a deadlock, a serialization failure and a lock that was not to be had, where Prisma only hands it on. */
const SQL_STATES = /\b(?:40P01|40001|55P03)\b|deadlock detected/;

function isInterrupted(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return INTERRUPTIONS.has(error.code) || SQL_STATES.test(`${error.message} ${JSON.stringify(error.meta ?? {})}`);
}
