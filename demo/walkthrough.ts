import type { Simulator } from '#simulator/create-simulator.ts';
import type { GraphqlClient } from './graphql-client.ts';
import {
  DeployImageDocument,
  DeployableImagesDocument,
  DeployedPartitionDocument,
  FollowClientDocument,
  FollowTracesDocument,
  PlanDeploymentDocument,
  TopologyDocument,
} from './operations.generated.ts';
import { scenario } from './scenario.ts';
import type { Screen } from './screen.ts';

/** Thrown when a step did not come true; the message says what was expected. */
export class StepFailedError extends Error {}

export interface WalkthroughOptions {
  client: GraphqlClient;
  room: Simulator;
  screen: Screen;
}

const DISK = 1;
const PARTITION = 2;
/** The longest any single wait may take. */
const PATIENCE_MS = 30_000;

/**
 * Plays the walkthrough's deployment from start to end, through the public API only; at the simulated machines it does what a
 * person does there. Each step checks what it shows.
 *
 * @throws {StepFailedError} at the first step that does not come true.
 */
export async function playWalkthrough(options: WalkthroughOptions): Promise<void> {
  const clientId = await showTopology(options);
  const imageId = await chooseImage(options, clientId);
  const where = { imageId, clientId, disk: DISK, partition: PARTITION };
  const planToken = await planDeployment(options, where);
  await deploy(options, { ...where, planToken });
  await showDeployedPartition(options, clientId);
  await restartClient(options, clientId);
}

async function showTopology({ client, screen }: WalkthroughOptions): Promise<string> {
  screen.step('Topología: Centro → Aula → Cliente → Disco / Partición');
  const { centers } = await client.request(TopologyDocument, {});
  let pc1: string | undefined;
  for (const center of centers.nodes) {
    screen.say(center.name);
    for (const room of center.rooms.nodes) {
      screen.say(`└─ ${room.name}   router ${room.routerIp}, máscara ${room.netmask}`);
      for (const machine of room.clients.nodes) {
        screen.say(
          `   └─ ${machine.name}  ${machine.ip}  ${machine.mac}  ${machine.status}  ogAgent ${machine.agentVersion ?? '-'}`,
        );
        if (machine.name === scenario.client.name && machine.status === 'OGLIVE') pc1 = machine.id;
        for (const disk of machine.disks) {
          screen.say(`      └─ disco ${disk.number}  ${disk.partitionTable}  ${gib(disk.sizeBytes)}`);
          for (const partition of disk.partitions) {
            const content = partition.isCache ? 'CACHE' : (partition.operatingSystem ?? 'sin sistema operativo');
            screen.say(
              `         ${partition.number}: ${partition.code.padEnd(3)} ${(partition.fileSystem ?? '-').padEnd(6)} ${gib(partition.sizeBytes).padStart(9)}  ${content}`,
            );
          }
        }
      }
    }
  }
  return expect(pc1, `${scenario.client.name} is in the topology and runs ogLive`, screen);
}

async function chooseImage({ client, screen }: WalkthroughOptions, clientId: string): Promise<string> {
  screen.step('Seleccionar imagen: sólo las que se pueden desplegar');
  const { offered, all } = await client.request(DeployableImagesDocument, {
    clientId,
    disk: DISK,
    partition: PARTITION,
  });
  for (const image of all.nodes) {
    const isOffered = offered.nodes.some(({ name }) => name === image.name);
    screen.say(
      `${isOffered ? '✓' : '✗'} ${image.name}  ${image.replicas.map(({ repository, status }) => `${repository.name}: ${status}`).join(', ')}`,
    );
  }
  const isDamagedHidden =
    all.nodes.some(({ name }) => name === scenario.damagedImage.name) &&
    !offered.nodes.some(({ name }) => name === scenario.damagedImage.name);
  expect(
    isDamagedHidden || undefined,
    `the damaged image ${scenario.damagedImage.name} exists and is not offered`,
    screen,
  );
  return expect(
    offered.nodes.find(({ name }) => name === scenario.image.name)?.id,
    `${scenario.image.name} is offered`,
    screen,
  );
}

interface Place {
  imageId: string;
  clientId: string;
  disk: number;
  partition: number;
}

async function planDeployment({ client, screen }: WalkthroughOptions, place: Place): Promise<string> {
  screen.step('Planificar: ¿se puede desplegar?');
  const { planDeployment: plan } = await client.request(PlanDeploymentDocument, { ...place });
  for (const planned of plan.clients) {
    screen.say(`${planned.client.name}: ${planned.status}  ${planned.reasons.map(({ message }) => message).join(' ')}`);
  }
  return expect(
    plan.clients.every(({ status }) => status === 'READY') ? plan.planToken : undefined,
    'the plan says READY',
    screen,
  );
}

async function deploy({ client, screen }: WalkthroughOptions, place: Place & { planToken: string }): Promise<void> {
  screen.step('Suscribirse a las trazas');
  const updates = await client.follow(FollowTracesDocument, { clientId: place.clientId });

  screen.step('Deploy image: image-test, UNICAST, pc1, disco 1, partición 2');
  const order = { ...place, idempotencyKey: 'walkthrough-1' };
  const { deployImage } = await client.request(DeployImageDocument, order);
  if (deployImage.__typename !== 'DeployImagePayload') {
    throw new StepFailedError(`deployImage answered ${deployImage.__typename}: ${deployImage.message}`);
  }
  const jobId = expect(
    deployImage.outcomes[0]?.trace?.jobId,
    'the agent has accepted the job (the green toast of ogGui)',
    screen,
  );
  screen.say(`job_id ${jobId}`);

  let ending: string | undefined;
  await within(PATIENCE_MS, 'the trace to end', async () => {
    for await (const { traceUpdated } of updates) {
      const { event, trace } = traceUpdated;
      screen.progress(`${event?.kind ?? ''}  ${event?.message ?? ''}`, event?.progress ?? 0);
      if (event?.status === 'SUCCEEDED' || event?.status === 'FAILED' || event?.status === 'LOST') {
        ending = trace?.error?.message ?? trace?.statusLabel;
        break;
      }
    }
  });
  expect(
    ending === 'Finalizado con éxito' || undefined,
    `the trace ends with «Finalizado con éxito» (it says: ${ending})`,
    screen,
  );

  screen.say('A second click, with the same idempotency key, deploys nothing twice:');
  const again = await client.request(DeployImageDocument, order);
  const isReplayed =
    again.deployImage.__typename === 'DeployImagePayload' &&
    again.deployImage.replayed &&
    again.deployImage.operation.id === deployImage.operation.id;
  expect(isReplayed || undefined, 'the same operation is answered again', screen);
}

async function showDeployedPartition({ client, screen }: WalkthroughOptions, clientId: string): Promise<void> {
  screen.step('Comprobar la partición');
  const { client: machine } = await client.request(DeployedPartitionDocument, { clientId });
  const partition = machine?.partitions.find(({ number, disk }) => number === PARTITION && disk.number === DISK);
  screen.say(
    `partición ${PARTITION}: ${partition?.image?.name ?? '-'} revisión ${partition?.imageRevision ?? '-'}, ${partition?.operatingSystem ?? '-'}, ${partition?.deployedAt ?? '-'}`,
  );
  expect(
    (partition?.image?.name === scenario.image.name && partition.imageRevision === 1) || undefined,
    'the partition carries the image and its revision',
    screen,
  );
  expect(machine?.status === 'OGLIVE' || undefined, 'the client is free again (OGLIVE)', screen);
}

async function restartClient({ client, room, screen }: WalkthroughOptions, clientId: string): Promise<void> {
  screen.step('Reiniciar el cliente y comprobar su estado');
  const updates = await client.follow(FollowClientDocument, { clientId });
  const machine = room.agent(scenario.client.ip);
  screen.say('(at the machine: boot from disk, then log in)');
  await machine.restart();
  await waitForStatus('LINUX');
  screen.done('pc1 comes up as LINUX');
  await machine.login('alumno');
  await waitForStatus('LINUX_SESSION');
  screen.done('after the login it shows LINUX_SESSION');
  await updates.return();

  async function waitForStatus(status: string): Promise<void> {
    await within(PATIENCE_MS, `pc1 to become ${status}`, async () => {
      for (let current = await updates.next(); current.done !== true; current = await updates.next()) {
        screen.say(`pc1: ${current.value.clientUpdated.status}`);
        if (current.value.clientUpdated.status === status) return;
      }
      throw new StepFailedError(`the stream of pc1 ended before it became ${status}`);
    });
  }
}

function expect<T>(value: T | null | undefined, what: string, screen: Screen): T {
  if (value === null || value === undefined) throw new StepFailedError(`did not come true: ${what}`);
  screen.done(what);
  return value;
}

async function within(ms: number, what: string, run: () => Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new StepFailedError(`waited ${ms / 1000} s in vain for ${what}`)), ms);
  try {
    await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function gib(bytes: string): string {
  return `${(Number(bytes) / 1024 ** 3).toFixed(1)} GiB`;
}
