import { DeploymentRefusedError, OperationRefusedError } from '#domain/errors.ts';
import type { DomainError, ErrorCode, MessageKey, RefusedClient } from '#domain/errors.ts';
import type { MessageParams } from '#domain/message-params.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';

/** Why a run did not come to an operation, as it is kept: enough to say it again in any language. */
export interface RunError {
  code: ErrorCode | 'INTERNAL';
  messageKey: MessageKey | 'INTERNAL';
  params: MessageParams;
  path: readonly string[];
  clients: readonly RefusedClient[];
}

export function toRunError(error: DomainError): Prisma.InputJsonObject {
  const isAboutClients = error instanceof DeploymentRefusedError || error instanceof OperationRefusedError;
  const kept: RunError = {
    code: error.code,
    messageKey: error.messageKey,
    params: error.params,
    path: error.path,
    clients: isAboutClients ? error.clients : [],
  };
  return kept as unknown as Prisma.InputJsonObject;
}

/** What went wrong was of our own making, and is in the log. */
export const INTERNAL_RUN_ERROR = {
  code: 'INTERNAL',
  messageKey: 'INTERNAL',
  params: {},
  path: [],
  clients: [],
} satisfies RunError;
