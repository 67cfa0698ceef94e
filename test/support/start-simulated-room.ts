import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { afterEach } from 'vitest';
import type { Behaviour } from '#simulator/behaviour.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator, SimulatorOptions } from '#simulator/create-simulator.ts';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import type { SimulatedPartition } from '#simulator/simulated-machine.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';

export const IP = '192.168.2.3';
export const MAC = '08:00:27:0b:88:be';
export const RESTORE = '/CloningEngine/RestaurarImagen';
export const STATUS = '/CloningEngine/status';
export const WEBHOOK = 'clients/status/webhook';

/** The walkthrough's call to the letter, but for the quote it lacks. */
export const ORDER = {
  dsk: '1',
  par: '2',
  cpt: '83',
  ifs: '1',
  idi: '01936caf-facb-72ad-9446-97e7dbf2b96a',
  nci: 'image-test',
  ipr: '192.168.68.55',
  nfn: 'RestaurarImagen',
  method: 'unicast',
  ids: '0',
};

/** A report that reached the stand-in: its path below the base of the agents' reports, else below the root. */
export interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

type Answering = (heard: Heard) => number | Promise<number>;

export interface StandIn {
  heard: Heard[];
  url: string;
  bodies(path: string): Record<string, unknown>[];
  /** Resolves at the first report that fits, be it one heard already. */
  until(fits: (one: Heard) => boolean): Promise<Heard>;
}

export interface Room {
  standIn: StandIn;
  room: Simulator;
  pc1: SimulatedAgent;
}

export interface HttpAnswer {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
}

/** Stands in for ogGraph: keeps what it hears, and answers what `answer` says. */
export async function startStandIn(answer: Answering = () => 200): Promise<StandIn> {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((req, res) => {
    void (async () => {
      let text = '';
      for await (const chunk of req) text += String(chunk);
      const report = {
        path: (req.url ?? '').replace('/opengnsys/rest/', '').replace(/^\//, ''),
        headers: req.headers,
        body: JSON.parse(text),
      };
      heard.push(report);
      for (const look of waiting) look();
      res.writeHead(await answer(report)).end('{}');
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    heard,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/opengnsys/rest/`,
    bodies: (path) => heard.filter((one) => one.path === path).map(({ body }) => body),
    until: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A room around pc1, which runs ogLive and works fast. */
export async function startRoom(
  behaviour: Partial<Behaviour> = {},
  answer?: Answering,
  options: Partial<SimulatorOptions> = {},
): Promise<Room> {
  const standIn = await startStandIn(answer);
  const room = await createSimulator({
    agents: walkthroughRoom,
    serverUrl: standIn.url,
    behaviour: { durationMs: 40, progressSteps: 4, ...behaviour },
    ...options,
  });
  cleanups.push(() => room.stop());
  const pc1 = room.agent(IP);
  await pc1.bootOgLive();
  return { standIn, room, pc1 };
}

type Listening = Pick<Simulator, 'port'>;

/** Calls an agent: a POST where there is a body, else a GET. `headers` may hold the secret. */
export async function call(
  room: Listening,
  path: string,
  body?: unknown,
  ip = IP,
  signal: AbortSignal = AbortSignal.timeout(5000),
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const response = await request(`https://127.0.0.1:${room.port}${path}`, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers: { host: `${ip}:8000`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal,
    });
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
  } finally {
    await dispatcher.destroy();
  }
}

/** The walkthrough's order. */
export function restore(room: Listening, ip?: string, signal?: AbortSignal): Promise<HttpAnswer> {
  return call(room, RESTORE, ORDER, ip, signal);
}

/** Orders what must be accepted. @returns the job's id. */
export async function order(
  room: Listening,
  nfn: string,
  keys: Record<string, unknown> = {},
  ip = IP,
): Promise<string> {
  const { status, text } = await call(room, `/CloningEngine/${nfn}`, { ...keys, nfn, ids: '0' }, ip);
  const { job_id: jobId } = JSON.parse(text) as { job_id?: string };
  if (status !== 200 || jobId === undefined) throw new Error(`${nfn} was answered ${status} ${text}`);
  return jobId;
}

/** Orders a job and waits for its end. @returns its result, without what every job's has. */
export async function resultOf(
  { room, standIn }: Room,
  nfn: string,
  keys: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const ordered = await order(room, nfn, keys);
  const { body } = await standIn.until((heard) => heard.body['job_id'] === ordered && isResult(heard));
  const { nfn: name, job_id: jobId, ids, iph, mac, ...own } = body;
  const isOfTheJob = name === `RESPUESTA_${nfn}` && jobId === ordered && ids === '0' && iph === IP && mac === MAC;
  if (!isOfTheJob) throw new Error(`${JSON.stringify(body)} is no result of ${ordered}`);
  return own;
}

/** What the reports of a job say, in short: how far it is, or how it ended. */
export function results(bodies: Record<string, unknown>[]): unknown[] {
  return bodies.map(({ progress, res }) => progress ?? `res ${String(res)}`);
}

export function isResult({ body }: Heard): boolean {
  return body['res'] !== undefined;
}

export function secondPartition({ disks }: SimulatedAgent): SimulatedPartition | undefined {
  return disks[0]?.partitions[1];
}

/** Calls the repository of a room, below its prefix. @returns the status and the JSON that came. */
export async function ask(
  { repository }: Simulator,
  method: Dispatcher.HttpMethod,
  path: string,
  body?: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  if (repository === null) throw new Error('the room has no repository');
  const response = await request(`${repository.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(5000),
  });
  return { status: response.statusCode, answer: (await response.body.json()) as Record<string, unknown> };
}
