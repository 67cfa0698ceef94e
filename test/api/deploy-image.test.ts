import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { DeployDocument, PlanDocument } from '#test/operations.generated.ts';
import type { DeployImageInput } from '#test/operations.generated.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import {
  clientId,
  deploy,
  deployOne,
  modelId,
  readTrace,
  untilStatus,
  walkthroughOrder,
} from '#test/support/deploy.ts';
import type { Deployed } from '#test/support/deploy.ts';
import { interceptPrisma } from '#test/support/intercept-prisma.ts';
import { openTestDatabase } from '#test/support/open-test-database.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const IP = scenario.client.ip;
const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 50, progressSteps: 2 };
const UNKNOWN = '01936cba-0000-7000-8000-00000000ffff';
const [neighbour] = createMadeUpRoom('192.168.2.64/26:1');
if (neighbour === undefined) throw new Error('there is no third machine');

const roomId = encodeGlobalID('Room', scenario.room.id);
const centerId = encodeGlobalID('Center', scenario.center.id);
let groupId: string;
let emptyRoomId: string;
let server: TestServer;
/** Done by somebody else just before the next transaction begins. */
let meanwhile: (() => Promise<unknown>) | null = null;
beforeAll(async () => {
  const database = await openTestDatabase();
  const $transaction = async (...args: Parameters<typeof database.prisma.$transaction>) => {
    const somebodyElse = meanwhile;
    meanwhile = null;
    await somebodyElse?.();
    return database.prisma.$transaction(...args);
  };
  server = await startTestServer({
    machines: [...walkthroughRoom, neighbour],
    behaviour: QUICK,
    boot: false,
    database: interceptPrisma(database, { $transaction }),
  });
  const db = server.app.database.prisma;
  const group = await db.clientGroup.create({ data: { name: 'Primera fila', roomId: scenario.room.id } });
  await db.client.update({ where: { id: scenario.client.id }, data: { groupId: group.id } });
  const room = await db.room.create({ data: { name: 'Aula 2', centerId: scenario.center.id } });
  await db.client.create({
    data: {
      name: neighbour.name,
      mac: neighbour.mac.toUpperCase(),
      ip: neighbour.ip,
      roomId: room.id,
      repositoryId: scenario.repository.id,
    },
  });
  // Others that no target means: of another group, and of another center.
  const back = await db.clientGroup.create({ data: { name: 'Última fila', roomId: scenario.room.id } });
  await db.client.update({ where: { id: scenario.model.id }, data: { groupId: back.id } });
  const elsewhere = await db.room.create({ data: { name: 'Aula', center: { create: { name: 'Otro Centro' } } } });
  await db.client.create({ data: { name: 'pc9', mac: '02:00:00:00:00:09', ip: '10.9.9.9', roomId: elsewhere.id } });
  const empty = await db.room.create({ data: { name: 'Aula vacía', centerId: scenario.center.id } });
  await Promise.all([...server.room.agents.values()].map((agent) => agent.bootOgLive()));
  groupId = encodeGlobalID('ClientGroup', group.id);
  emptyRoomId = encodeGlobalID('Room', empty.id);
});
afterAll(() => server.stop());
// Each case begins with machines that are on ogLive and have nothing in hand.
afterEach(async () => {
  const db = server.app.database.prisma;
  await waitFor('the jobs in hand to end', async () => (await db.trace.count({ where: { finishedAt: null } })) === 0);
  await db.client.updateMany({ data: { status: 'OGLIVE' } });
  for (const agent of server.room.agents.values()) agent.behave(QUICK);
});

const orders = (ip: string = IP) =>
  server.room.agent(ip).received.filter(({ path }) => path === '/CloningEngine/RestaurarImagen');
const order = async (changes: Partial<DeployImageInput>, headers = {}) =>
  (await server.request(DeployDocument, { input: walkthroughOrder(changes) }, headers)).deployImage;

/** Everything that an order could leave behind: rows, work to be done, and calls. */
async function readTraces(): Promise<Record<string, unknown>> {
  const db = server.app.database.prisma;
  const [operations, traces, events, jobs] = await Promise.all([
    db.operation.count(),
    db.trace.count(),
    db.event.count({ where: { kind: { not: 'CLIENT_STATUS' } } }),
    db.$queryRaw`SELECT count(*)::int AS count FROM pgboss.job WHERE name = 'dispatch-trace'`,
  ]);
  return {
    operations,
    traces,
    events,
    jobs,
    calls: [...server.room.agents.values()].map(({ received }) => received.length),
  };
}

async function untilDone(deployed: Deployed): Promise<void> {
  for (const { trace } of deployed.outcomes) {
    if (trace !== null) await untilStatus(server, trace.id, 'SUCCEEDED', 'FAILED', 'LOST');
  }
}

describe('an accepted order', () => {
  it('is answered with the agent’s job, and the agent has got exactly the walkthrough’s call, once', async () => {
    const before = orders().length;
    const deployed = await deploy(server);
    expect(deployed).toMatchObject({
      replayed: false,
      operation: { status: expect.stringMatching(/RUNNING|SUCCEEDED/) },
    });
    expect(deployed.outcomes).toMatchObject([
      {
        client: { id: clientId, name: 'pc1' },
        trace: { jobId: expect.stringMatching(/^RestaurarImagen-[0-9a-f]{8}$/), error: null },
        reasons: [],
      },
    ]);
    await untilDone(deployed);

    const [call, ...more] = orders().slice(before);
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      method: 'POST',
      headers: { host: '192.168.2.3:8000', 'content-type': 'application/json' },
    });
    expect(call?.rawBody).toBe(
      '{"dsk":"1","par":"2","cpt":"83","ifs":"1","idi":"01936caf-facb-72ad-9446-97e7dbf2b96a","nci":"image-test","ipr":"192.168.68.55","nfn":"RestaurarImagen","method":"unicast","ids":"0"}',
    );
  });

  it.each([
    ['a group', () => ({ groupId }), ['pc1']],
    ['a room', () => ({ roomId }), ['modelo', 'pc1']],
    ['a center', () => ({ centerId }), ['modelo', 'pc01', 'pc1']],
    ['clients named twice', () => ({ clientIds: [clientId, modelId, clientId] }), ['modelo', 'pc1']],
  ])('for %s goes to each of its clients once', async (_name, target, names) => {
    const before = [...server.room.agents.keys()].reduce((sum, ip) => sum + orders(ip).length, 0);
    const deployed = await deploy(server, { target: target() });
    expect(deployed.outcomes.map(({ client }) => client?.name)).toEqual(names);
    expect(new Set(deployed.outcomes.map(({ trace }) => trace?.jobId)).size).toBe(names.length);
    await untilDone(deployed);
    expect([...server.room.agents.keys()].reduce((sum, ip) => sum + orders(ip).length, 0)).toBe(before + names.length);
  });

  it('that does not wait is answered at once, and nothing is lost', async () => {
    server.room.agent(IP).behave({ answerDelayMs: 800 });
    const deployed = await deploy(server, { waitForAgentsMs: 0 });
    expect(deployed.outcomes[0]?.trace).toMatchObject({
      status: expect.stringMatching(/^(PENDING|SENDING)$/),
      jobId: null,
    });
    await untilDone(deployed);
    expect((await readTrace(server, deployed.outcomes[0]?.trace?.id ?? '')).jobId).toMatch(/^RestaurarImagen-/);
  });

  it('waits no longer than it was told', async () => {
    server.room.agent(IP).behave({ answerDelayMs: 800 });
    const startedAt = performance.now();
    const deployed = await deploy(server, { waitForAgentsMs: 150 });
    expect(performance.now() - startedAt).toBeGreaterThan(149);
    // The agent has not answered yet, so this cannot have waited for it.
    expect(deployed.outcomes[0]?.trace).toMatchObject({
      status: expect.stringMatching(/^(PENDING|SENDING)$/),
      jobId: null,
    });
  });
});

interface Refusal {
  name: string;
  changes: () => Partial<DeployImageInput>;
  error: string;
  code: string;
  path: string;
  es: string;
  en: string;
}

const TYPE_WORDS: Readonly<Record<string, { es: string; en: string }>> = {
  Image: { es: 'imagen', en: 'image' },
  Repository: { es: 'repositorio', en: 'repository' },
  Client: { es: 'cliente', en: 'client' },
  ClientGroup: { es: 'grupo de clientes', en: 'client group' },
  Room: { es: 'aula', en: 'room' },
  Center: { es: 'centro', en: 'center' },
};

const notFound = (path: string, type: string, changes: () => Partial<DeployImageInput>, name = path): Refusal => ({
  name,
  changes,
  error: 'NotFoundError',
  code: 'NOT_FOUND',
  path,
  es: `No existe ese objeto (${TYPE_WORDS[type]?.es}).`,
  en: `No ${TYPE_WORDS[type]?.en} has that id.`,
});
const invalid = (
  name: string,
  path: string,
  changes: () => Partial<DeployImageInput>,
  es: string,
  en: string,
): Refusal => ({ name, changes, error: 'InvalidInputError', code: 'INVALID_INPUT', path, es, en });
const between = (min: number, max: number) =>
  [`Debe estar entre ${min} y ${max}.`, `It must be between ${min} and ${max}.`] as const;

const REFUSALS: readonly Refusal[] = [
  notFound('input.imageId', 'Image', () => ({ imageId: encodeGlobalID('Image', UNKNOWN) })),
  notFound('input.imageId', 'Image', () => ({ imageId: 'garbage' }), 'an image id that is none'),
  notFound('input.imageId', 'Image', () => ({ imageId: clientId }), 'a client for an image'),
  notFound('input.repositoryId', 'Repository', () => ({ repositoryId: encodeGlobalID('Repository', UNKNOWN) })),
  notFound(
    'input.repositoryId',
    'Repository',
    () => ({ repositoryId: '' }),
    'an empty repository id, which is not «none chosen»',
  ),
  notFound('input.target.clientIds.1', 'Client', () => ({
    target: { clientIds: [clientId, encodeGlobalID('Client', UNKNOWN)] },
  })),
  notFound(
    'input.target.clientIds.0',
    'Client',
    () => ({ target: { clientIds: ['garbage', clientId] } }),
    'a client id that is none',
  ),
  notFound('input.target.groupId', 'ClientGroup', () => ({
    target: { groupId: encodeGlobalID('ClientGroup', UNKNOWN) },
  })),
  notFound('input.target.roomId', 'Room', () => ({ target: { roomId: encodeGlobalID('Room', UNKNOWN) } })),
  notFound('input.target.centerId', 'Center', () => ({ target: { centerId: encodeGlobalID('Center', UNKNOWN) } })),
  invalid(
    'no clients',
    'input.target',
    () => ({ target: { clientIds: [] } }),
    'No hay ningún cliente en el destino.',
    'There is no client in the target.',
  ),
  invalid(
    'an empty room',
    'input.target',
    () => ({ target: { roomId: emptyRoomId } }),
    'No hay ningún cliente en el destino.',
    'There is no client in the target.',
  ),
  invalid(
    '5001 clients',
    'input.target.clientIds',
    () => ({ target: { clientIds: Array.from({ length: 5001 }, () => clientId) } }),
    'Como máximo 5000 clientes por operación.',
    'At most 5000 clients in one operation.',
  ),
  invalid('disk 0', 'input.disk', () => ({ disk: 0 }), 'Debe ser 1 o mayor.', 'It must be 1 or more.'),
  invalid('partition -1', 'input.partition', () => ({ partition: -1 }), 'Debe ser 1 o mayor.', 'It must be 1 or more.'),
  invalid(
    'multicast options',
    'input.multicast',
    () => ({ multicast: { port: 9000 } }),
    'El método UNICAST no tiene estas opciones.',
    'The method UNICAST has no such options.',
  ),
  invalid(
    'P2P options',
    'input.p2p',
    () => ({ p2p: { mode: 'PEER' } }),
    'El método UNICAST no tiene estas opciones.',
    'The method UNICAST has no such options.',
  ),
  invalid('a negative wait', 'input.waitForAgentsMs', () => ({ waitForAgentsMs: -1 }), ...between(0, 60_000)),
  invalid('an endless wait', 'input.waitForAgentsMs', () => ({ waitForAgentsMs: 60_001 }), ...between(0, 60_000)),
  invalid(
    'an empty key',
    'input.idempotencyKey',
    () => ({ idempotencyKey: '' }),
    'No puede estar vacío.',
    'It must not be empty.',
  ),
  invalid(
    'a long key',
    'input.idempotencyKey',
    () => ({ idempotencyKey: 'k'.repeat(256) }),
    'Como máximo 255 caracteres.',
    'At most 255 characters.',
  ),
  invalid(
    'an odd port',
    'input.multicast.port',
    () => ({ method: 'UDPCAST', multicast: { port: 9001 } }),
    'Debe ser par: el puerto siguiente es el de control.',
    'It must be even: the next port is for control.',
  ),
  invalid(
    'a port of something else',
    'input.multicast.port',
    () => ({ method: 'UFTP', multicast: { port: 9052 } }),
    ...between(9000, 9050),
  ),
  invalid(
    'an address of one machine',
    'input.multicast.address',
    () => ({ method: 'UDPCAST', multicast: { address: '192.168.2.3' } }),
    'No es una dirección multicast (224.0.0.0 a 239.255.255.255).',
    'It is no multicast address (224.0.0.0 to 239.255.255.255).',
  ),
  invalid(
    'seeding for ever',
    'input.p2p.seedSeconds',
    () => ({ method: 'P2P', p2p: { seedSeconds: 86_401 } }),
    ...between(0, 86_400),
  ),
  invalid('a wave of none', 'input.waves.first', () => ({ waves: { first: 0 } }), ...between(1, 5000)),
  invalid(
    'a class disturbed without a reason',
    'input.overrideReason',
    () => ({ onBlackout: 'OVERRIDE', overrideReason: ' ' }),
    'Es obligatorio.',
    'It is required.',
  ),
  {
    name: 'a plan that never was',
    changes: () => ({ planToken: 'never' }),
    error: 'PlanOutdatedError',
    code: 'PLAN_OUTDATED',
    path: 'input.planToken',
    es: 'La situación ha cambiado desde que se hizo el plan; vuelva a planificar.',
    en: 'Things have changed since the plan was made; plan again.',
  },
  {
    name: 'a damaged image',
    changes: () => ({ imageId: encodeGlobalID('Image', scenario.damagedImage.id) }),
    error: 'DeploymentRefusedError',
    code: 'DEPLOYMENT_REFUSED',
    path: 'input.target',
    es: 'El despliegue se ha rechazado en 1 cliente(s); no se ha enviado nada.',
    en: 'The deployment was refused for 1 client(s); nothing was sent.',
  },
];

describe('a refused order says what is wrong, where, in both languages, and nothing has happened:', () => {
  for (const { name, changes, error, code, path, es, en } of REFUSALS) {
    it(`${name}: ${code}`, async () => {
      const before = await readTraces();
      const expected = { __typename: error, code, path: path.split('.') };
      expect(await order(changes())).toMatchObject({ ...expected, message: es });
      expect(await order(changes(), { 'accept-language': 'en-GB,en;q=0.9' })).toMatchObject({
        ...expected,
        message: en,
      });
      expect(await readTraces()).toEqual(before);
    });
  }
});

describe('a blocked client', () => {
  type Change = Parameters<TestServer['app']['database']['prisma']['client']['update']>[0]['data'];
  const CASES: [string, Change, Partial<DeployImageInput>][] = [
    ['CLIENT_NOT_ON_OGLIVE', { status: 'LINUX' }, {}],
    ['CLIENT_BUSY', { status: 'BUSY' }, {}],
    ['CLIENT_IN_MAINTENANCE', { maintenance: true }, {}],
    ['ADDRESS_NOT_ALLOWED', { ip: '203.0.113.7' }, {}],
    ['ADDRESS_NOT_ALLOWED', { ip: '127.0.0.1' }, {}],
    ['NO_REPOSITORY', { repositoryId: null }, {}],
    ['PARTITION_IS_CACHE', {}, { partition: 4 }],
    ['PARTITION_NOT_FOUND', {}, { partition: 9 }],
    ['DISK_NOT_FOUND', {}, { disk: 2 }],
  ];

  it.each(CASES)('%s: says so, stops the order for all, and nobody is called', async (code, data, changes) => {
    const { client } = server.app.database.prisma;
    const where = { id: scenario.client.id };
    const { status, maintenance, ip, repositoryId } = await client.findUniqueOrThrow({ where });
    await client.update({ where, data });
    try {
      const before = await readTraces();
      const refused = await order({ target: { clientIds: [modelId, clientId] }, ...changes });
      expect(refused).toMatchObject({ __typename: 'DeploymentRefusedError', code: 'DEPLOYMENT_REFUSED' });
      const clients = 'clients' in refused ? refused.clients : [];
      expect(clients.find((blocked) => blocked.client.name === 'pc1')?.reasons).toEqual([{ code }]);
      expect(await readTraces()).toEqual(before);
    } finally {
      await client.update({ where, data: { status, maintenance, ip, repositoryId } });
    }
  });

  it('is told why in the language of the caller', async () => {
    const document =
      'mutation($input: DeployImageInput!) { deployImage(input: $input) { ... on DeploymentRefusedError { clients { reasons { message } } } } }';
    const messages = async (language: string) =>
      (await ask(server.url, document, { input: walkthroughOrder({ disk: 2 }) }, { 'accept-language': language })).text;
    expect(await messages('fr')).toContain('El cliente no tiene el disco 2.');
    expect(await messages('en')).toContain('The client has no disk 2.');
  });

  it('is left out where the order says so, and the others are not', async () => {
    await server.app.database.prisma.client.update({ where: { id: scenario.model.id }, data: { status: 'WINDOWS' } });
    const [before, modelBefore] = [orders().length, orders(scenario.model.ip).length];
    const deployed = await deploy(server, { target: { roomId }, onBlocked: 'SKIP_BLOCKED' });
    expect(deployed.outcomes).toMatchObject([
      {
        client: { name: 'modelo' },
        trace: null,
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'CLIENT_NOT_ON_OGLIVE', blocking: true })]),
      },
      { client: { name: 'pc1' }, trace: { jobId: expect.any(String) } },
    ]);
    expect(deployed.outcomes[1]?.reasons.filter(({ blocking }) => blocking)).toEqual([]);
    await untilDone(deployed);
    expect([orders().length, orders(scenario.model.ip).length]).toEqual([before + 1, modelBefore]);
  });

  it('stops the order also where it could be left out, when there is no other', async () => {
    const before = await readTraces();
    expect(await order({ disk: 2, target: { roomId }, onBlocked: 'SKIP_BLOCKED' })).toMatchObject({
      __typename: 'DeploymentRefusedError',
    });
    expect(await readTraces()).toEqual(before);
  });
});

describe('the token of a plan', () => {
  const plan = async (changes: Partial<DeployImageInput> = {}) =>
    (await server.request(PlanDocument, { input: walkthroughOrder(changes) })).planDeployment.planToken;

  it('is taken while everything is as it was planned', async () => {
    await untilDone(await deploy(server, { planToken: await plan() }));
  });

  it.each([
    [
      'the image was captured anew',
      () =>
        server.app.database.prisma.image.update({
          where: { id: scenario.image.id },
          data: { revision: { increment: 1 } },
        }),
    ],
    [
      'the repository moved',
      () =>
        server.app.database.prisma.repository.update({
          where: { id: scenario.repository.id },
          data: { ip: '192.168.68.56' },
        }),
    ],
    [
      'the client left ogLive',
      () => server.app.database.prisma.client.update({ where: { id: scenario.client.id }, data: { status: 'OFF' } }),
    ],
  ])('is outdated once %s', async (_name, change) => {
    const planToken = await plan();
    await change();
    const before = await readTraces();
    expect(await order({ planToken })).toMatchObject({ __typename: 'PlanOutdatedError', code: 'PLAN_OUTDATED' });
    expect(await readTraces()).toEqual(before);
  });

  it('is for the very order it was made for', async () => {
    expect(await order({ planToken: await plan({ partition: 1 }) })).toMatchObject({ __typename: 'PlanOutdatedError' });
  });
});

describe('an idempotency key', () => {
  it('gives the same operation for the same order, however long it is waited for, and calls nobody again', async () => {
    const before = orders().length;
    const deployed = await deploy(server, { idempotencyKey: 'same' });
    const again = await deploy(server, { idempotencyKey: 'same', waitForAgentsMs: 0 });
    expect(again).toMatchObject({ replayed: true, cursor: deployed.cursor, operation: { id: deployed.operation.id } });
    expect(again.outcomes.map(({ trace }) => trace?.id)).toEqual(deployed.outcomes.map(({ trace }) => trace?.id));
    await untilDone(deployed);
    expect((await deploy(server, { idempotencyKey: 'same' })).replayed).toBe(true);
    expect(orders()).toHaveLength(before + 1);
  });

  it.each<Partial<DeployImageInput>>([
    { partition: 1 },
    { target: { clientIds: [modelId] } },
    { onBlocked: 'SKIP_BLOCKED' },
  ])('is a conflict for another order: %j', async (changes) => {
    await untilDone(await deploy(server, { idempotencyKey: `other ${JSON.stringify(changes)}` }));
    const before = await readTraces();
    expect(await order({ idempotencyKey: `other ${JSON.stringify(changes)}`, ...changes })).toMatchObject({
      __typename: 'IdempotencyConflictError',
      code: 'IDEMPOTENCY_CONFLICT',
      path: ['input', 'idempotencyKey'],
      message: 'Esa clave ya se usó para una petición distinta.',
    });
    expect(await readTraces()).toEqual(before);
  });

  it('gives the operation of a twin that was stored after it was looked for', async () => {
    let twin: Deployed | undefined;
    meanwhile = async () => {
      twin = await deploy(server, { idempotencyKey: 'twins' });
    };
    expect(await order({ idempotencyKey: 'twins' })).toMatchObject({
      __typename: 'DeployImagePayload',
      replayed: true,
      operation: { id: twin?.operation.id },
    });
  });

  it('twenty times at once: one operation, one call, and everybody is told of it', async () => {
    const before = { calls: orders().length, operations: await server.app.database.prisma.operation.count() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => order({ idempotencyKey: 'at once' })));
    expect(answers.map(({ __typename }) => __typename)).toEqual(answers.map(() => 'DeployImagePayload'));
    const deployed = answers as Deployed[];
    expect(new Set(deployed.map(({ operation }) => operation.id)).size).toBe(1);
    expect(deployed.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await Promise.all(deployed.slice(0, 1).map(untilDone));
    expect({ calls: orders().length, operations: await server.app.database.prisma.operation.count() }).toEqual({
      calls: before.calls + 1,
      operations: before.operations + 1,
    });
  });
});

describe('ten orders at once for one client', () => {
  it('are one accepted and nine that find it busy', async () => {
    const before = orders().length;
    // Longer than ten answers take: whoever comes last must still find it busy.
    server.room.agent(IP).behave({ durationMs: 1500 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => order({})));
    const refused = answers.filter(({ __typename }) => __typename === 'DeploymentRefusedError');
    expect(refused).toHaveLength(9);
    for (const answer of refused) {
      expect(answer).toMatchObject({ clients: [{ client: { name: 'pc1' }, reasons: [{ code: 'CLIENT_BUSY' }] }] });
    }
    await Promise.all(
      answers.filter((answer): answer is Deployed => answer.__typename === 'DeployImagePayload').map(untilDone),
    );
    expect(orders()).toHaveLength(before + 1);
  });
});

describe('an order that cannot be stored to the end', () => {
  it('leaves nothing, calls nobody, and may be given again with its key', async () => {
    const db = server.app.database.prisma;
    // The events are the last thing that is stored: by then everything else was.
    await db.$executeRaw`CREATE FUNCTION refuse_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'canary'; END $$`;
    await db.$executeRaw`CREATE TRIGGER refuse_events BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'CREATED') EXECUTE FUNCTION refuse_events()`;
    const before = await readTraces();
    const document = 'mutation($input: DeployImageInput!) { deployImage(input: $input) { __typename } }';
    const answer = await ask(server.url, document, { input: walkthroughOrder({ idempotencyKey: 'again' }) });
    expect(codesOf(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(answer.text).not.toContain('canary');
    expect(await readTraces()).toEqual(before);

    await db.$executeRaw`DROP TRIGGER refuse_events ON events`;
    expect((await readTrace(server, await deployOne(server, { idempotencyKey: 'again' }))).jobId).not.toBeNull();
  });
});
