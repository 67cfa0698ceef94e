import { encodeGlobalID } from '@pothos/plugin-relay';
import { scenario } from '#demo/scenario.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import { createWalkthroughDisk } from '#simulator/walkthrough-room.ts';
import { OperationStateDocument } from '#test/operations.generated.ts';
import type { OperationStateQuery } from '#test/operations.generated.ts';
import { startTestServer } from './start-test-server.ts';
import type { TestServer, TestServerOptions } from './start-test-server.ts';
import { waitFor } from './wait-for.ts';

export type OperationState = NonNullable<OperationStateQuery['operation']>;
type TraceState = OperationState['traces']['nodes'][number];

/** A server with a room of many machines beside the walkthrough’s, each as the walkthrough’s pc1 is. */
export interface Classroom {
  server: TestServer;
  roomId: string;
  /** Of our own tables. */
  roomRow: string;
  clientIds: readonly string[];
  agents: readonly SimulatedAgent[];
  /** The orders that an agent was given, without being asked how it is. */
  callsTo: (agent: SimulatedAgent) => readonly string[];
  read: (operationId: string) => Promise<OperationState>;
  /** Waits for something to hold of an operation. */
  until: (operationId: string, what: string, holds: (operation: OperationState) => boolean) => Promise<OperationState>;
}

export async function startClassroom(
  count: number,
  { behaviour, system = '', ...options }: TestServerOptions & { system?: string } = {},
): Promise<Classroom> {
  const machines = createMadeUpRoom(`10.3.0.0/16:${count}`).map((machine) => ({
    ...machine,
    disks: [createWalkthroughDisk(system)],
  }));
  const server = await startTestServer({ machines, boot: false, ...(behaviour ? { behaviour } : {}), ...options });
  const db = server.app.database.prisma;
  const room = await db.room.create({
    data: { name: 'Aula 3', centerId: scenario.center.id, routerIp: '10.3.0.1', netmask: '255.255.0.0' },
  });
  await db.client.createMany({
    data: machines.map(({ name, mac, ip }) => ({
      name,
      mac: mac.toUpperCase(),
      ip,
      roomId: room.id,
      repositoryId: scenario.repository.id,
    })),
  });
  const agents = machines.map(({ ip }) => server.room.agent(ip));
  if (options.boot !== false) await Promise.all(agents.map((agent) => agent.bootOgLive()));
  const clients = await db.client.findMany({ where: { roomId: room.id }, orderBy: { name: 'asc' } });
  const read = async (id: string) => {
    const { operation } = await server.request(OperationStateDocument, { id });
    if (operation === null) throw new Error('there is no such operation');
    return operation;
  };
  return {
    server,
    roomId: encodeGlobalID('Room', room.id),
    roomRow: room.id,
    clientIds: clients.map(({ id }) => encodeGlobalID('Client', id)),
    agents,
    callsTo: ({ received }) =>
      received.map(({ path }) => path.replace('/CloningEngine/', '')).filter((call) => call !== 'status'),
    read,
    until: (id, what, holds) =>
      waitFor(
        what,
        async () => {
          const operation = await read(id);
          return holds(operation) ? operation : null;
        },
        20_000,
      ),
  };
}

/** How many traces are in which state: `{ SUCCEEDED: 3 }`. */
export function countsOf({ counts }: OperationState): Record<string, number> {
  return Object.fromEntries(counts.map(({ status, count }) => [status, count]));
}

/** The states of the traces of one wave. */
export function wave({ traces }: OperationState, number: number): TraceState['status'][] {
  return traces.nodes.filter((trace) => trace.wave === number).map(({ status }) => status);
}

export function isOver({ finishedAt }: OperationState): boolean {
  return finishedAt !== null;
}
