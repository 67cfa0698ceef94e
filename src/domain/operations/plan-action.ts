import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { AgentGateway } from './agent-gateway.ts';
import { assessClient } from './client-rules.ts';
import { toPlan } from './operation-plan.ts';
import type { OperationPlan } from './operation-plan.ts';
import { findTargetClients } from './operation-target.ts';
import type { OperationTarget, TargetClient } from './operation-target.ts';
import { readinessOf, reason } from './reasons.ts';
import type { Reason } from './reasons.ts';
import type { TraceInput } from './trace-input.ts';

/** An action that sends the same order to every client of its target. */
export type ActionRequest =
  | { action: 'RUN_SCRIPT'; script: string | null; commandId: string | null }
  | { action: 'SOFTWARE_INVENTORY'; disk: number; partition: number }
  | { action: 'HARDWARE_INVENTORY' }
  | { action: 'POWER_OFF' }
  | { action: 'REBOOT' }
  | { action: 'START_SESSION'; disk: number; partition: number }
  | { action: 'DELETE_CACHED_IMAGE'; imageId: string };

export type PlanAction = (request: ActionRequest, target: OperationTarget, tx?: Transaction) => Promise<OperationPlan>;

/**
 * Tells what an action would do to each client of its target, without doing any of it. The same few statements for one client and for a
 * thousand; called again inside the transaction that orders it.
 *
 * @throws {NotFoundError} for a command or an image that there is not.
 */
export function createPlanAction({
  db,
  agents,
}: {
  db: Storage;
  agents: Pick<AgentGateway, 'isAddressAllowed'>;
}): PlanAction {
  return async (request, target, tx = db) => {
    const input = await toTraceInput(tx, request);
    const clients = await findTargetClients(tx, target);
    const active = await tx.trace.findMany({
      where: { clientId: { in: clients.map(({ id }) => id) }, status: { in: [...ACTIVE_STATUSES] } },
      select: { clientId: true },
    });
    const busy = new Set(active.map(({ clientId }) => clientId));
    const cached = await findCached(tx, input, clients);
    return toPlan(
      clients.map((client) => {
        const reasons = [
          ...assessClient({
            status: client.status,
            maintenance: client.maintenance,
            hasActiveTrace: busy.has(client.id),
            isAddressAllowed: agents.isAddressAllowed(client.ip),
          }),
          ...assessOrder(input, client, cached),
        ];
        const readiness = readinessOf(reasons);
        return {
          clientId: client.id,
          readiness,
          reasons,
          order: readiness === 'BLOCKED' ? null : { agentIp: client.ip, input },
        };
      }),
    );
  };
}

async function toTraceInput(tx: Transaction, request: ActionRequest): Promise<TraceInput> {
  switch (request.action) {
    case 'RUN_SCRIPT': {
      const { commandId } = request;
      if (commandId === null) {
        return { action: 'RUN_SCRIPT', script: request.script ?? '', commandId, commandName: null };
      }
      const command = await tx.command.findUnique({ where: { id: commandId }, select: { name: true, script: true } });
      if (command === null) throw new NotFoundError(['input', 'commandId'], 'Command');
      if (command.script === null) throw new InvalidInputError(['input', 'commandId'], 'SCRIPT_REQUIRED');
      return { action: 'RUN_SCRIPT', script: command.script, commandId, commandName: command.name };
    }
    case 'DELETE_CACHED_IMAGE': {
      const image = await tx.image.findUnique({ where: { id: request.imageId }, select: { id: true, name: true } });
      if (image === null) throw new NotFoundError(['input', 'imageId'], 'Image');
      return { action: 'DELETE_CACHED_IMAGE', imageId: image.id, imageName: image.name };
    }
    case 'SOFTWARE_INVENTORY':
    case 'HARDWARE_INVENTORY':
    case 'POWER_OFF':
    case 'REBOOT':
    case 'START_SESSION':
      return request;
  }
}

async function findCached(tx: Transaction, input: TraceInput, clients: readonly TargetClient[]): Promise<Set<string>> {
  if (input.action !== 'DELETE_CACHED_IMAGE') return new Set();
  const rows = await tx.cachedImage.findMany({
    where: { name: input.imageName, partition: { clientId: { in: clients.map(({ id }) => id) } } },
    select: { partition: { select: { clientId: true } } },
  });
  return new Set(rows.map(({ partition }) => partition.clientId));
}

function assessOrder(input: TraceInput, client: TargetClient, cached: ReadonlySet<string>): Reason[] {
  if (input.action === 'DELETE_CACHED_IMAGE') {
    // What the agent last said its cache holds may be behind what it does hold: worth a warning, and no more.
    return cached.has(client.id) ? [] : [reason('NOT_IN_CACHE', { image: input.imageName })];
  }
  if (input.action !== 'SOFTWARE_INVENTORY' && input.action !== 'START_SESSION') return [];
  const disk = client.disks.find(({ number }) => number === input.disk);
  if (disk === undefined) return [reason('DISK_NOT_FOUND', { disk: input.disk })];
  const partition = disk.partitions.find(({ number }) => number === input.partition);
  if (partition === undefined) return [reason('PARTITION_NOT_FOUND', { disk: input.disk, partition: input.partition })];
  const hasNoSystem = input.action === 'START_SESSION' && partition.operatingSystem === null;
  return hasNoSystem ? [reason('NO_OPERATING_SYSTEM', { disk: input.disk, partition: input.partition })] : [];
}
