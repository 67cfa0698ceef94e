import { z } from 'zod';
import { DEPLOY_METHODS } from './deploy-method.ts';

/** Everything one client's deployment was ordered with, kept in its trace: what was sent can always be told. */
const deployTraceInput = z.object({
  imageId: z.string(),
  imageName: z.string(),
  imageRevision: z.number().int(),
  repositoryId: z.string(),
  repositoryIp: z.string(),
  disk: z.number().int(),
  partition: z.number().int(),
  partitionCode: z.string(),
  softwareProfileNumber: z.number().int().nullable(),
  method: z.enum(DEPLOY_METHODS),
});

export type DeployTraceInput = z.infer<typeof deployTraceInput>;

/** @throws {z.ZodError} when a stored input is not what this version writes: a bug or a hand-edited row. */
export function parseDeployTraceInput(stored: unknown): DeployTraceInput {
  return deployTraceInput.parse(stored);
}
