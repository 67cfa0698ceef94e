import { encodeGlobalID } from '@pothos/plugin-relay';
import { scenario } from '#demo/scenario.ts';
import { DeployDocument, TraceByIdDocument } from '#test/operations.generated.ts';
import type { DeployImageInput, DeployMutation, TraceByIdQuery } from '#test/operations.generated.ts';
import type { TestServer } from './start-test-server.ts';
import { waitFor } from './wait-for.ts';

const imageId = encodeGlobalID('Image', scenario.image.id);
export const clientId = encodeGlobalID('Client', scenario.client.id);
export const modelId = encodeGlobalID('Client', scenario.model.id);

export type Deployed = Extract<DeployMutation['deployImage'], { __typename: 'DeployImagePayload' }>;
export type Trace = NonNullable<TraceByIdQuery['trace']>;

/** The walkthrough's order: image-test by UNICAST onto disk 1, partition 2 of pc1. */
export function walkthroughOrder(changes: Partial<DeployImageInput> = {}): DeployImageInput {
  return {
    imageId,
    target: { clientIds: [clientId] },
    disk: 1,
    partition: 2,
    method: 'UNICAST',
    onBlocked: 'REJECT_ALL',
    ...changes,
  };
}

/** Orders a deployment that must be accepted. */
export async function deploy(server: TestServer, changes: Partial<DeployImageInput> = {}): Promise<Deployed> {
  const { deployImage } = await server.request(DeployDocument, { input: walkthroughOrder(changes) });
  if (deployImage.__typename !== 'DeployImagePayload') throw new Error(`not accepted: ${JSON.stringify(deployImage)}`);
  return deployImage;
}

/** Orders a deployment of one client and gives its trace's id. */
export async function deployOne(server: TestServer, changes: Partial<DeployImageInput> = {}): Promise<string> {
  const trace = (await deploy(server, changes)).outcomes[0]?.trace;
  if (trace === null || trace === undefined) throw new Error('the client was left out');
  return trace.id;
}

export async function readTrace(server: TestServer, id: string): Promise<Trace> {
  const { trace } = await server.request(TraceByIdDocument, { id });
  if (trace === null) throw new Error('there is no such trace');
  return trace;
}

/** Waits until a trace is in one of these states. */
export function untilStatus(server: TestServer, id: string, ...statuses: Trace['status'][]): Promise<Trace> {
  return waitFor(`the trace to be ${statuses.join(' or ')}`, async () => {
    const trace = await readTrace(server, id);
    return statuses.includes(trace.status) ? trace : null;
  });
}
