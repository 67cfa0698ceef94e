import { setTimeout as delay } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Logger } from '#lib/logger.ts';
import { createPrisma } from './database.ts';
import type { Database } from './database.ts';

/** Thrown when the server that DATABASE_URL names does not let us in. The message never holds the connection string. */
export class DatabaseUnreachableError extends Error {
  readonly code = 'DATABASE_UNREACHABLE';

  constructor(cause: unknown) {
    super(
      `The PostgreSQL server that DATABASE_URL names cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    this.name = 'DatabaseUnreachableError';
  }
}

/**
 * Opens a PostgreSQL server (15 or later) by its connection string. Several servers of ours may share one.
 *
 * @throws {DatabaseUnreachableError}
 */
export async function openPostgresql(url: string, log: Logger): Promise<Database> {
  await checkConnection(url);
  const adapter = new PrismaPg({
    connectionString: url,
    max: 10,
    keepAlive: true,
    // The adapter writes and reads instants without their offset, as UTC. A server set up in Spain would take them for Madrid's: an hour
    // off by its own clock, and those of the night on which summer time begins moved for good.
    options: '-c TimeZone=UTC',
    // One stuck transaction, of a server that died or was paused, must not hold up all the others: agents wait five seconds.
    lock_timeout: 4000,
    idle_in_transaction_session_timeout: 30_000,
  });
  const { prisma, onStatement } = createPrisma(adapter);
  const listeners = new Set<() => Promise<void>>();
  return {
    kind: 'postgresql',
    prisma,
    onStatement,
    adapter,
    queue: { connectionString: url, max: 6 },
    async listen(channel, onPayload, onConnected) {
      const stop = await listenForEver({ url, channel, onPayload, onConnected, log });
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((stop) => stop()));
      await prisma.$disconnect();
    },
  };
}

/** A wrong address or password is told here, in the driver's plain words, and not by the first query much later. */
async function checkConnection(url: string): Promise<void> {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    await client.connect();
    await client.end();
  } catch (error) {
    throw new DatabaseUnreachableError(error);
  }
}

interface ListenOptions {
  url: string;
  channel: string;
  onPayload: (payload: string) => void;
  onConnected: () => void;
  log: Logger;
}

/** Keeps one connection listening and makes a new one, a second later, whenever it is lost. */
async function listenForEver({
  url,
  channel,
  onPayload,
  onConnected,
  log,
}: ListenOptions): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  let current: pg.Client | undefined;

  async function connect(): Promise<void> {
    const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 });
    client.on('error', (error) => {
      log.warn({ err: error }, 'the connection that listens for events was lost');
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    client.on('notification', (message) => {
      onPayload(message.payload ?? '');
    });
    // Only now: a client that never connected ends as well, and each of those would start another loop beside the first.
    client.once('end', () => {
      if (!stopping.signal.aborted) void reconnect();
    });
    current = client;
    onConnected();
  }

  async function reconnect(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await delay(1000, undefined, { signal: stopping.signal, ref: false });
        await connect();
        return;
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, 'cannot listen for events yet; trying again');
      }
    }
  }

  await connect();
  return async () => {
    stopping.abort();
    await current?.end();
  };
}
