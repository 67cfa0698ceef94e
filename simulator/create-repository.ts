import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewImage, RepositoryLine } from '#simulator/actions/engine-work.ts';
import { PREFIX, answerRepositoryCall } from '#simulator/repository/answer-repository-call.ts';
import { createImageStore, toImageInfo } from '#simulator/repository/create-image-store.ts';
import type { StoredImage } from '#simulator/repository/create-image-store.ts';
import { createSessions } from '#simulator/repository/create-sessions.ts';
import type { Sessions } from '#simulator/repository/create-sessions.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import type { RepositoryParts } from '#simulator/repository/repository-routes.ts';
import type { Reporter } from './create-reporter.ts';
import { parseJson, readBody } from './read-body.ts';
import type { ReceivedCall } from './simulated-agent.ts';

const WEBHOOK = 'og-repository/webhook';

export interface RepositoryOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** What it holds at first, auxiliary files and all; the walkthrough's `image-test` where missing. */
  images?: readonly NewImage[];
  behaviour?: Partial<RepositoryBehaviour>;
}

/** An ogRepository. */
export interface SimulatedRepository {
  readonly port: number;
  /** Base of its API: `http://127.0.0.1:41234/ogrepository/v1`. */
  readonly url: string;
  /** Every image file, those in the trash and those without auxiliary files too. Their state may be changed. */
  readonly images: readonly StoredImage[];
  readonly sessions: Pick<Sessions, 'list'>;
  /** Every call that reached it, the oldest first. */
  readonly received: readonly ReceivedCall[];
  readonly behaviour: Readonly<RepositoryBehaviour>;
  /** Changes the behaviour for the calls to come. */
  behave(changes: Partial<RepositoryBehaviour>): void;
}

/** A repository together with what only the room around it may use. */
export interface RepositoryHandle {
  repository: SimulatedRepository;
  line: RepositoryLine;
  stop(): Promise<void>;
}

interface RepositorySurroundings extends RepositoryOptions {
  host: string;
  /** Where its webhook goes. */
  reporter: Reporter;
  /** Switches on the PC with this MAC, where there is one. */
  wake: (mac: string) => void;
  log: (line: string) => void;
}

const WALKTHROUGH_IMAGE: NewImage = {
  name: 'image-test',
  clientName: 'modelo',
  fileSystem: 'EXT4',
  dataSizeKb: 8_126_464,
};

/** @throws {Error} when the port is taken. */
export async function createRepository(options: RepositorySurroundings): Promise<RepositoryHandle> {
  const { host, reporter, wake, log, images = [WALKTHROUGH_IMAGE] } = options;
  const store = createImageStore();
  for (const image of images) store.receive(image).hasAuxiliaryFiles = true;
  const sessions = createSessions();
  const received: ReceivedCall[] = [];
  const life = new AbortController();
  const tasks = new Set<Promise<void>>();
  let behaviour: RepositoryBehaviour = { ...DEFAULT_REPOSITORY_BEHAVIOUR, ...options.behaviour };

  async function makeAuxiliaryFiles(jobId: string, image: StoredImage, { fault, jobMs }: RepositoryBehaviour) {
    await sleep(jobMs, undefined, { signal: life.signal });
    const success = !image.isCorrupt;
    if (success) image.hasAuxiliaryFiles = true;
    if (fault === 'silent') return;
    const output = success ? toImageInfo(image) : 'The auxiliary files could not be made';
    const answer = await reporter.post(WEBHOOK, { job_id: jobId, success, output }, life.signal);
    log(`repository: ${WEBHOOK} ${jobId} → ${answer?.status ?? 'no answer'}`);
  }

  const parts: RepositoryParts = {
    store,
    sessions,
    secondMs: () => behaviour.secondMs,
    wake,
    startAuxiliaryFiles(image) {
      const jobId = `TorrentSum-${randomBytes(4).toString('hex')}`;
      const task = makeAuxiliaryFiles(jobId, image, behaviour)
        .catch(() => {})
        .finally(() => tasks.delete(task));
      tasks.add(task);
      return jobId;
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rawBody = await readBody(request);
    const { method = '', url: path = '', headers } = request;
    const call = { at: new Date(), method, path, headers, rawBody, body: parseJson(rawBody) };
    received.push(call);
    const { fault, slowMs } = behaviour;
    const { status, body } = answerRepositoryCall(call, parts, fault === 'refuse');
    log(`repository: ${method} ${path} → ${status}`);
    if (fault === 'slow') await sleep(slowMs, undefined, { signal: life.signal });
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    repository: {
      port,
      url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${PREFIX}`,
      images: store.images,
      sessions,
      received,
      get behaviour() {
        return behaviour;
      },
      behave(changes) {
        behaviour = { ...behaviour, ...changes };
      },
    },
    line: {
      join: (wanted) => sessions.join(wanted),
      receiveImage(image) {
        store.receive(image);
      },
    },
    async stop() {
      life.abort();
      for (const method of ['udpcast', 'uftp', 'p2p'] as const) sessions.cancel(method, null);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, ...tasks]);
    },
  };
}
