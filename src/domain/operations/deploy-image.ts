import type { Principal } from '#domain/access/principal.ts';
import { DeploymentRefusedError } from '#domain/errors.ts';
import { hashOf } from '#lib/canonical-json.ts';
import type { AcceptOperation, AcceptedOperation, OperationOptions } from './accept-operation.ts';
import type { DeploymentRequest, PlanDeployment } from './plan-deployment.ts';

export interface DeployImageRequest extends DeploymentRequest, OperationOptions {
  planToken: string | null;
}

export type DeployImage = (request: DeployImageRequest, principal: Principal) => Promise<AcceptedOperation>;

/**
 * Orders an image onto clients: see {@link AcceptOperation}.
 *
 * @throws {DeploymentRefusedError | NotFoundError | MethodNotSupportedError} and what accepting any operation throws.
 */
export function createDeployImage({
  planDeployment,
  acceptOperation,
}: {
  planDeployment: PlanDeployment;
  acceptOperation: AcceptOperation;
}): DeployImage {
  return (request, principal) => {
    const { waitForAgentsMs, idempotencyKey, ...asked } = request;
    const { imageId, repositoryId, target, disk, partition, method, onBlocked } = request;
    return acceptOperation(
      {
        action: 'DEPLOY_IMAGE',
        input: { imageId, repositoryId, target, disk, partition, method, onBlocked },
        inputHash: hashOf(asked),
        planToken: request.planToken,
        plan: (tx) => planDeployment(request, tx),
        refuse: (clients) => new DeploymentRefusedError(clients),
        onBlocked,
        idempotencyKey,
        waitForAgentsMs,
      },
      principal,
    );
  };
}
