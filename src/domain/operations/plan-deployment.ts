import { InvalidInputError, MethodNotSupportedError, NotFoundError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { AgentGateway } from './agent-gateway.ts';
import type { DeployMethod } from './deploy-method.ts';
import { assessDeployment } from './deployment-rules.ts';
import { toPlan } from './operation-plan.ts';
import type { OperationPlan, PlannedClient } from './operation-plan.ts';
import { findTargetClients } from './operation-target.ts';
import type { OperationTarget } from './operation-target.ts';
import { readinessOf } from './reasons.ts';

export interface DeploymentRequest {
  imageId: string;
  /** Null: each client's own repository. */
  repositoryId: string | null;
  target: OperationTarget;
  disk: number;
  partition: number;
  method: DeployMethod;
  hasMulticastOptions: boolean;
  hasP2pOptions: boolean;
}

export type PlanDeployment = (request: DeploymentRequest, tx?: Transaction) => Promise<OperationPlan>;

/**
 * Tells what a deployment would do to each client of its target, without doing any of it.
 *
 * Costs the same few statements for one client and for a thousand. The same function decides again, inside its transaction,
 * when the deployment is ordered, so plan and act can never follow different rules.
 *
 * @throws {InvalidInputError | NotFoundError | MethodNotSupportedError} when the request itself makes no sense.
 */
export function createPlanDeployment({
  db,
  agents,
}: {
  db: Storage;
  agents: Pick<AgentGateway, 'isAddressAllowed'>;
}): PlanDeployment {
  return async (request, tx = db) => {
    checkRequest(request);
    const image = await tx.image.findUnique({
      where: { id: request.imageId },
      include: { softwareProfile: { select: { number: true } }, replicas: { include: { repository: true } } },
    });
    if (image === null) throw new NotFoundError(['input', 'imageId'], 'Image');
    const chosen =
      request.repositoryId === null ? null : await tx.repository.findUnique({ where: { id: request.repositoryId } });
    if (request.repositoryId !== null && chosen === null) {
      throw new NotFoundError(['input', 'repositoryId'], 'Repository');
    }

    const clients = await findTargetClients(tx, request.target);
    const active = await tx.trace.findMany({
      where: { clientId: { in: clients.map(({ id }) => id) }, status: { in: [...ACTIVE_STATUSES] } },
      select: { clientId: true },
    });
    const busy = new Set(active.map(({ clientId }) => clientId));
    const planned = clients.map((client): PlannedClient => {
      const repository = chosen ?? client.repository;
      const replica = image.replicas.find(({ repositoryId }) => repositoryId === repository?.id) ?? null;
      const reasons = assessDeployment({
        client: {
          status: client.status,
          maintenance: client.maintenance,
          hasActiveTrace: busy.has(client.id),
          isAddressAllowed: agents.isAddressAllowed(client.ip),
        },
        disks: client.disks,
        repository,
        replica,
        imageSizeBytes: image.sizeBytes,
        target: request,
        clientCount: clients.length,
      });
      const readiness = readinessOf(reasons);
      const partition = client.disks
        .find(({ number }) => number === request.disk)
        ?.partitions.find(({ number }) => number === request.partition);
      const order =
        readiness === 'BLOCKED' || repository === null || partition === undefined
          ? null
          : {
              agentIp: client.ip,
              input: {
                action: 'DEPLOY_IMAGE' as const,
                imageId: image.id,
                imageName: image.name,
                // A copy may be behind the image: what is restored is what the repository has.
                imageRevision: replica?.revision ?? image.revision,
                repositoryId: repository.id,
                repositoryIp: repository.ip,
                disk: request.disk,
                partition: request.partition,
                partitionCode: partition.code,
                softwareProfileNumber: image.softwareProfile?.number ?? null,
                method: request.method,
              },
            };
      return { clientId: client.id, readiness, reasons, order };
    });
    return toPlan(planned);
  };
}

function checkRequest({ disk, partition, method, hasMulticastOptions, hasP2pOptions }: DeploymentRequest): void {
  if (disk < 1) throw new InvalidInputError(['input', 'disk'], 'NOT_POSITIVE');
  if (partition < 1) throw new InvalidInputError(['input', 'partition'], 'NOT_POSITIVE');
  if (method !== 'UNICAST') throw new MethodNotSupportedError(['input', 'method'], { method });
  if (hasMulticastOptions) throw new InvalidInputError(['input', 'multicast'], 'OPTIONS_FOR_OTHER_METHOD', { method });
  if (hasP2pOptions) throw new InvalidInputError(['input', 'p2p'], 'OPTIONS_FOR_OTHER_METHOD', { method });
}
