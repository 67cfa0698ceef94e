import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { loadScenario, scenario } from '#demo/scenario.ts';
import type { RepositoryGateway } from '#domain/imaging/repository-gateway.ts';
import { createDriveSessions } from '#domain/operations/drive-sessions.ts';
import type { DriveSessions } from '#domain/operations/drive-sessions.ts';
import type { SessionCollaborators } from '#domain/operations/session-collaborators.ts';
import type { Storage } from '#domain/storage.ts';
import { systemClock } from '#lib/clock.ts';
import type { MulticastSession, Prisma } from '#prisma/generated/client/client.ts';
import { createRepositoryGateway } from '#repository/create-repository-gateway.ts';
import type { SimulatedRepository } from '#simulator/create-repository.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import { openTestDatabase } from './open-test-database.ts';

export const GATHER_MS = 60_000;

/** Longer ago than any call takes. */
export const LONG_AGO = new Date(Date.now() - 60_000);

type TraceRow = Omit<Prisma.TraceUncheckedCreateInput, 'operationId' | 'clientId' | 'action' | 'agentIp' | 'input'>;

/** A repository and a database with sessions in any state, and as many servers as a test wants to drive them. */
export interface Streams {
  db: Storage;
  repository: SimulatedRepository;
  gateway: RepositoryGateway;
  /** The messages that were logged. */
  logged: string[];
  /** The traces that a server would have cancelled. */
  cancelled: string[];
  openServer: (other?: Partial<SessionCollaborators>) => DriveSessions;
  /** Has one server look, and waits for all that comes of it. */
  look: (server: DriveSessions, options?: { again: boolean }) => Promise<void>;
  addSession: (
    session: Partial<Prisma.MulticastSessionUncheckedCreateInput>,
    traces: readonly TraceRow[],
  ) => Promise<string>;
  read: (sessionId: string) => Promise<MulticastSession>;
  /** The calls about streams that have reached the repository: `POST /udpcast`. */
  calls: () => string[];
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

/** @returns all of it; it is gone after the test. `answerMs`: how long the repository may take to answer. */
export async function startStreams({ answerMs = 2000 } = {}): Promise<Streams> {
  const database = await openTestDatabase();
  cleanups.push(() => database.close());
  const db = database.prisma;
  await loadScenario(db);
  const disk = { clientName: 'modelo', fileSystem: 'EXT4', dataSizeKb: 1000 };
  const room = await createSimulator({
    agents: [],
    serverUrl: 'http://127.0.0.1:9/opengnsys/rest',
    repository: {
      images: [
        { name: 'one', ...disk },
        { name: 'two', ...disk },
      ],
    },
  });
  cleanups.push(() => room.stop());
  const { repository } = room;
  if (repository === null) throw new Error('there is no repository');
  const gateway = createRepositoryGateway({
    connectTo: parseConnectTo(repository.connectTo),
    networks: ['192.168.0.0/16'],
    answerTimeoutMs: answerMs,
  });
  cleanups.push(() => gateway.close());
  const logged: string[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push((JSON.parse(String(chunk)) as { msg: string }).msg);
      done();
    },
  });
  const cancelled: string[] = [];
  let clients = 0;

  return {
    db,
    repository,
    gateway,
    logged,
    cancelled,
    openServer(other = {}) {
      const server = createDriveSessions({
        db,
        repositories: gateway,
        clock: systemClock,
        log: pino(lines),
        gatherMs: GATHER_MS,
        async beginCancel(traceId) {
          cancelled.push(traceId);
          return { known: { outcome: 'cancelling' } };
        },
        ...other,
      });
      cleanups.push(() => server.settle());
      return server;
    },
    async look(server, options = { again: false }) {
      await server.look(options);
      await server.settle();
    },
    async addSession(session, traces) {
      const operation = await db.operation.create({
        data: {
          action: 'DEPLOY_IMAGE',
          requestedBy: 'test',
          input: {},
          inputHash: randomUUID(),
          outcomes: [],
          startSeq: 0,
        },
        select: { id: true },
      });
      const { id } = await db.multicastSession.create({
        data: {
          operationId: operation.id,
          repositoryId: scenario.repository.id,
          repositoryIp: scenario.repository.ip,
          imageName: 'one',
          checksum: repository.images[0]?.id ?? '',
          method: 'UDPCAST',
          ...(session.method === 'P2P'
            ? {}
            : { port: 9000, address: '239.194.2.2', mode: 'FULL_DUPLEX', speedMbps: 70 }),
          maxClients: 10,
          maxWaitSeconds: 60,
          ...session,
        },
        select: { id: true },
      });
      for (const trace of traces) {
        clients += 1;
        const client = await db.client.create({
          data: {
            name: `pc-${clients}`,
            roomId: scenario.room.id,
            mac: `08:00:27:00:01:${clients.toString(16).padStart(2, '0').toUpperCase()}`,
            ip: `192.168.2.${100 + clients}`,
          },
          select: { id: true, ip: true },
        });
        await db.trace.create({
          data: {
            operationId: operation.id,
            clientId: client.id,
            agentIp: client.ip,
            action: 'DEPLOY_IMAGE',
            input: {},
            sessionId: id,
            ...trace,
          },
        });
      }
      return id;
    },
    read: (id) => db.multicastSession.findUniqueOrThrow({ where: { id } }),
    calls: () =>
      repository.received.map(
        ({ method, path }) => `${method} ${path.replace(/^\/ogrepository\/v1/, '').replace(/\/images\/.*/, '')}`,
      ),
  };
}
