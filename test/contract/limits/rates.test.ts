// How often and how long: time for a request, mutations of one address, reports that are of no use, and a process that is late.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { networkOf } from '#http/sender-of.ts';
import { createTokenBuckets } from '#lib/token-buckets.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import { interceptPrisma } from '#test/support/intercept-prisma.ts';
import { openTestDatabase } from '#test/support/open-test-database.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer, TestServerOptions } from '#test/support/start-test-server.ts';
import { TRANSPORTS, askForSocket } from '#test/support/transports.ts';
import { waitFor } from '#test/support/wait-for.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(options: TestServerOptions): Promise<TestServer> {
  server = await startTestServer({ machines: [], ...options });
  return server;
}

async function countRefused(url: string, reason: string): Promise<number> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  return Number(new RegExp(`oggraph_refused_total\\{reason="${reason}"\\} (\\d+)`).exec(text)?.[1]);
}

describe('a request that takes too long', () => {
  it('is told so over each transport, and what was not begun is not begun', async () => {
    const never = () => new Promise(() => {});
    const failing: Record<string, object> = {};
    const { url } = await start({
      database: interceptPrisma(await openTestDatabase(), failing),
      guards: { queryTimeoutMs: 200 },
    });
    failing['subnet'] = { findMany: never };
    for (const [transport, send] of Object.entries(TRANSPORTS)) {
      const { data, errors } = await send(url, '{ subnets { nodes { cidr } } centers { totalCount } }');
      expect(errors, transport).toMatchObject([{ extensions: { code: 'REQUEST_TIMED_OUT', limitMs: 200 } }]);
      expect(data ?? null).toBeNull();
    }
    expect((await ask(url, '{ centers { totalCount } }')).errors).toBeUndefined();
    expect(await countRefused(url, 'slow')).toBe(3);
  });

  it('has more time where it changes something: it may have been told to wait', async () => {
    const database = await openTestDatabase();
    const late: Record<string, unknown> = {};
    const { url } = await start({ database: interceptPrisma(database, late), guards: { queryTimeoutMs: 100 } });
    late['center'] = { findMany: () => delay(500).then(() => []) };
    late['$transaction'] = (...work: Parameters<typeof database.prisma.$transaction>) =>
      delay(500).then(() => database.prisma.$transaction(...work));
    expect(codesOf(await ask(url, '{ centers { nodes { name } } }'))).toEqual(['REQUEST_TIMED_OUT']);
    const mutation = 'mutation { createCenter(input: { name: "tarde" }) { __typename } }';
    expect((await ask(url, mutation)).data).toEqual({ createCenter: { __typename: 'CreateCenterPayload' } });
  });
});

describe('mutations', () => {
  const one = 'mutation { deleteCenter(input: { id: "x" }) { __typename } }';
  const three =
    'mutation { a: deleteCenter(input: { id: "x" }) { __typename } ...B } fragment B on Mutation { b: deleteCenter(input: { id: "x" }) { __typename } c: deleteCenter(input: { id: "x" }) { __typename } }';

  it('of one address are so many in a minute, over all transports together, and each field counts', async () => {
    const { url } = await start({ guards: { mutationsPerMinute: 5 } });
    expect((await TRANSPORTS.WebSocket(url, one)).errors).toBeUndefined();
    expect((await ask(url, three)).errors).toBeUndefined();
    const refused = await ask(url, three);
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await TRANSPORTS.WebSocket(url, three)).errors).toEqual([
      {
        message: expect.stringContaining('At most 5 mutations'),
        extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) },
      },
    ]);
    expect((await ask(url, '{ __typename }')).errors).toBeUndefined();
    expect(await countRefused(url, 'mutations')).toBe(2);
  });

  it('of an address that a trusted proxy names are its own, and nobody can name another', async () => {
    const { url } = await start({ guards: { mutationsPerMinute: 1 }, config: { trustedProxies: ['127.0.0.1/32'] } });
    const from = async (address: string) => codesOf(await ask(url, one, {}, { 'x-forwarded-for': address }));
    expect(await from('10.0.0.1')).toEqual([]);
    expect(await from('10.0.0.1')).toEqual(['RATE_LIMITED']);
    expect(await from('10.0.0.3, 10.0.0.1')).toEqual(['RATE_LIMITED']);
    expect(await from('10.0.0.2')).toEqual([]);
  });
});

describe('reports of no use', () => {
  it('are heard so often, and honest agents as often as they speak', async () => {
    const { url, report } = await start({ guards: { refusedReportsPerMinute: 4 } });
    const started = () => report('ogagent/started', { mac: scenario.client.mac, ostype: 'Linux' });
    const strange = () => report('ogAdmClient/InclusionCliente', { iph: '10.1.1.1', mac: '02:00:00:00:00:01' });
    for (let round = 0; round < 8; round += 1) expect((await started()).status).toBe(200);
    const statuses = [];
    for (let round = 0; round < 3; round += 1) {
      statuses.push((await strange()).status, (await report('nowhere', {})).status);
    }
    expect(statuses).toEqual([200, 404, 200, 404, 429, 429]);
    const answer = await fetch(url.replace('/graphql', '/opengnsys/rest/nowhere'), { method: 'POST' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await countRefused(url, 'reports')).toBe(3);
  });
});

describe('a process that is late', () => {
  it('turns questions away soon, takes reports all the same, and comes back', async () => {
    const { url, report } = await start({ guards: { overloadDelayMs: 150 } });
    expect((await ask(url, '{ __typename }')).status).toBe(200);
    let isBusy = true;
    const burn = () => {
      const end = performance.now() + 400;
      while (performance.now() < end);
      if (isBusy) setImmediate(burn);
    };
    burn();
    try {
      const refused = await waitFor('a refusal', async () => {
        const answer = await ask(url, '{ __typename }');
        return answer.status === 503 ? answer : null;
      });
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(codesOf(refused)).toEqual(['OVERLOADED']);
      expect((await askForSocket(url)).status).toBe(503);
      expect((await report('ogagent/started', { mac: scenario.client.mac, ostype: 'Linux' })).status).toBe(200);
    } finally {
      isBusy = false;
    }
    await waitFor('an answer', async () => (await ask(url, '{ __typename }')).status === 200);
    expect(await countRefused(url, 'overload')).toBeGreaterThanOrEqual(2);
  });
});

describe('a bucket', () => {
  it('fills up again with time, to the brim and no further', () => {
    let now = 0;
    const buckets = createTokenBuckets({ perMinute: 60, now: () => now });
    expect(buckets.take('a', 60)).toBe(0);
    expect([buckets.take('a'), buckets.wait('a'), buckets.wait('b')]).toEqual([1, 1, 0]);
    expect(buckets.take('a', 30)).toBe(30);
    now += 1000;
    expect([buckets.wait('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 1]);
    now += 3_600_000;
    expect([buckets.take('a', 60), buckets.take('a')]).toEqual([0, 1]);
  });

  it('gives more than it holds to nobody but who waited until it was full', () => {
    let now = 0;
    const buckets = createTokenBuckets({ perMinute: 60, now: () => now });
    expect(buckets.take('a', 90)).toBe(0);
    expect(buckets.take('a')).toBe(31);
    now += 31_000;
    expect(buckets.take('a')).toBe(0);
  });

  it('is forgotten when there are too many, the one that was unused for longest first', () => {
    const buckets = createTokenBuckets({ perMinute: 1, now: () => 0, maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) expect(buckets.take(key)).toBe(0);
    expect([buckets.wait('a'), buckets.wait('b') > 0, buckets.wait('c') > 0]).toEqual([0, true, true]);
  });

  it.each([
    ['192.168.2.3', '192.168.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['2001:db8::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('belongs to an address, and of IPv6 to a network: %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
