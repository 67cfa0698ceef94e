import { InvalidInputError } from '#domain/errors.ts';
import { FIRST_PORT, LAST_PORT } from '#domain/imaging/transfer-options.ts';
import { readTransferSettings } from '#domain/imaging/transfer-settings.ts';
import type { TransferSettings } from '#domain/imaging/transfer-settings.ts';
import type { Transaction } from '#domain/storage.ts';
import { streamOf } from './deploy-method.ts';
import type { Stream } from './deploy-method.ts';
import type { OrderOf } from './operation-order.ts';
import { LIVE_SESSIONS } from './session-status.ts';
import { parseTraceInput } from './trace-input.ts';
import type { TraceInputOf } from './trace-input.ts';

type DeployOrder = OrderOf<'DEPLOY_IMAGE'>;

interface Receiver {
  traceId: string;
  wave: number;
  roomId: string;
  input: TraceInputOf<'DEPLOY_IMAGE'>;
}

/** How long a stream waits for those that have not joined, where an order does not say: what udpcast was always told. */
const DEFAULT_WAIT_SECONDS = 60;

/** Every second one: the ports between are for control. */
const PORTS = Array.from({ length: (LAST_PORT - FIRST_PORT) / 2 + 1 }, (_, index) => FIRST_PORT + 2 * index);

/**
 * Opens what the clients of a wave are to receive together, and writes into their orders how to join it: one session for each repository
 * and each way of sending that their rooms ask for. Nothing for methods by which each client fetches by itself. What cannot be sent any
 * more when a later wave opens gets a session that has failed, and its clients the reason when it is their turn.
 *
 * @throws {InvalidInputError} when no port is free, or not the one that was asked for; with the first wave also when a later one could
 *   never have the ports that it needs.
 */
export async function openSessions(
  tx: Transaction,
  operationId: string,
  wave: number,
  order: DeployOrder,
): Promise<void> {
  const stream = streamOf(order.method);
  if (stream === null) return;
  // The first wave opens as the operation is accepted: what can be known of the later ones is said then.
  const receivers = await findReceivers(tx, operationId, wave === 0 ? {} : { wave });
  const settings = await readTransferSettings(
    tx,
    receivers.map(({ roomId }) => roomId),
  );
  const waves = Map.groupBy(receivers, (receiver) => receiver.wave);
  const groupsOf = (own: readonly Receiver[]) => [
    ...Map.groupBy(own, ({ roomId, input }) =>
      JSON.stringify([input.repositoryId, stream === 'P2P' ? null : toTransmission(order, settings.get(roomId))]),
    ).values(),
  ];
  if (wave === 0 && stream !== 'P2P') {
    for (const own of waves.values()) checkPorts(order, groupsOf(own).length);
  }
  for (const [index, group] of groupsOf(waves.get(wave) ?? []).entries()) {
    const plan = { operationId, wave, stream, order, group, settings: settings.get(group[0]?.roomId ?? '') };
    await openSession(tx, plan, { mayHavePort: index === 0 || (order.multicast?.port ?? null) === null });
  }
}

/** How many streams there are depends on the rooms, which only the one who orders can change. */
function checkPorts({ multicast }: DeployOrder, streams: number): void {
  const port = multicast?.port ?? null;
  if (port !== null && streams > 1) {
    throw new InvalidInputError(['input', 'multicast', 'port'], 'PORT_FOR_ONE_STREAM', { port, count: streams });
  }
  if (streams > PORTS.length) throw new InvalidInputError(['input', 'method'], 'NO_FREE_PORT', { count: PORTS.length });
}

async function findReceivers(tx: Transaction, operationId: string, where: { wave?: number }): Promise<Receiver[]> {
  const traces = await tx.trace.findMany({
    where: { operationId, ...where, status: 'PENDING', sessionId: null },
    orderBy: { id: 'asc' },
    select: { id: true, wave: true, action: true, input: true, client: { select: { roomId: true } } },
  });
  return traces.flatMap(({ id, wave, action, input: stored, client: { roomId } }) => {
    const input = parseTraceInput(action, stored);
    return input.action === 'DEPLOY_IMAGE' ? [{ traceId: id, wave, roomId, input }] : [];
  });
}

/** By which group address, in which mode and at which speed: the order’s words, else the room’s. */
function toTransmission({ multicast: asked }: DeployOrder, settings: TransferSettings | undefined) {
  const room = settings?.multicast;
  return {
    address: asked?.address ?? room?.address ?? '',
    mode: room?.mode ?? ('FULL_DUPLEX' as const),
    speedMbps: asked?.speedMbps ?? room?.speedMbps ?? 70,
  };
}

interface SessionPlan {
  operationId: string;
  wave: number;
  stream: Stream;
  order: DeployOrder;
  group: readonly Receiver[];
  settings: TransferSettings | undefined;
}

async function openSession(
  tx: Transaction,
  { operationId, wave, stream, order, group, settings }: SessionPlan,
  { mayHavePort }: { mayHavePort: boolean },
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { repositoryId, repositoryIp, imageName, imageId } = first.input;
  const copy = await tx.imageReplica.findUnique({
    where: { imageId_repositoryId: { imageId, repositoryId } },
    select: { checksum: true, repositoryId: true },
  });
  const repository =
    copy === null ? await tx.repository.findUnique({ where: { id: repositoryId }, select: { id: true } }) : null;
  const checksum = copy?.checksum ?? null;
  const failure =
    copy === null
      ? 'The image is gone from it.'
      : checksum === null
        ? 'It does not know the checksum of the image any more.'
        : mayHavePort
          ? null
          : 'Another stream of this wave has the port that was asked for.';
  const transmission = stream === 'P2P' ? null : toTransmission(order, settings);
  const needsPort = stream !== 'P2P' && failure === null;
  const port = needsPort ? await choosePort(tx, repositoryIp, order, settings) : null;
  const maxClients = order.multicast?.maxClients ?? group.length;
  const maxWaitSeconds = order.multicast?.maxWaitSeconds ?? DEFAULT_WAIT_SECONDS;
  const session = await tx.multicastSession.create({
    data: {
      operationId,
      wave,
      // Null where it was deleted since.
      repositoryId: copy?.repositoryId ?? repository?.id ?? null,
      repositoryIp,
      imageName,
      checksum: checksum ?? '',
      method: stream,
      port,
      ...transmission,
      maxClients,
      maxWaitSeconds,
      ...(failure === null ? {} : { status: 'FAILED', errorMessage: failure, finishedAt: new Date() }),
    },
    select: { id: true },
  });
  const multicast =
    transmission === null || port === null ? null : { port, ...transmission, maxClients, maxWaitSeconds };
  const p2p =
    stream === 'P2P'
      ? {
          mode: order.p2p?.mode ?? settings?.p2p.mode ?? 'PEER',
          seedSeconds: order.p2p?.seedSeconds ?? settings?.p2p.seedSeconds ?? 60,
        }
      : null;
  const joining = JSON.stringify({ multicast, p2p });
  const traceIds = group.map(({ traceId }) => traceId);
  await tx.$executeRaw`
    UPDATE traces SET session_id = ${session.id}::uuid, input = input || ${joining}::jsonb WHERE id = ANY(${traceIds}::uuid[])`;
}

/** Ports are given out one at a time: several that choose at once would all choose the same. */
const PORT_LOCK = 7_301_955;

/**
 * The port that was asked for, or the room’s, or the next one that no live session has, nor one that the same repository may still be
 * sending for. The unique index has the last word.
 */
async function choosePort(
  tx: Transaction,
  repositoryIp: string,
  { multicast }: DeployOrder,
  settings: TransferSettings | undefined,
): Promise<number> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PORT_LOCK})`;
  const live = await tx.multicastSession.findMany({
    where: {
      OR: [{ status: { in: [...LIVE_SESSIONS] } }, { repositoryIp, stopUntil: { not: null } }],
      port: { not: null },
    },
    select: { port: true },
  });
  const taken = new Set(live.map(({ port }) => port));
  const asked = multicast?.port ?? null;
  if (asked !== null) {
    if (taken.has(asked)) throw new InvalidInputError(['input', 'multicast', 'port'], 'PORT_IN_USE', { port: asked });
    return asked;
  }
  const preferred = settings?.multicast.port ?? FIRST_PORT;
  const free = [preferred, ...PORTS].find((port) => !taken.has(port));
  if (free === undefined) throw new InvalidInputError(['input', 'method'], 'NO_FREE_PORT', { count: taken.size });
  return free;
}
