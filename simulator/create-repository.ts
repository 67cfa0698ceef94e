import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewImage, RepositoryLine } from '#simulator/actions/engine-work.ts';
import { PREFIX, answerRepositoryCall } from '#simulator/repository/answer-repository-call.ts';
import { createImageStore, toImageInfo } from '#simulator/repository/create-image-store.ts';
import type { ImageStore, StoredImage } from '#simulator/repository/create-image-store.ts';
import { createSessions } from '#simulator/repository/create-sessions.ts';
import type { Sessions } from '#simulator/repository/create-sessions.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import type { ImageCopy, RepositoryParts } from '#simulator/repository/repository-routes.ts';
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
  /** The other repositories that images are copied from and to, by the addresses they are called by. */
  peers?: ReadonlyMap<string, Pick<RepositoryHandle, 'store'>>;
}

/** An ogRepository. */
export interface SimulatedRepository {
  readonly port: number;
  /** Base of its API: `http://127.0.0.1:41234/ogrepository/v1`. */
  readonly url: string;
  /** For the server's REPOSITORY_CONNECT_TO, as curl's --connect-to has it: calls to any host, any port, come here. */
  readonly connectTo: string;
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
  store: ImageStore;
  stop(): Promise<void>;
}

/** How a job ended, as the webhook is told. */
interface JobEnd {
  success: boolean;
  output: object | string;
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

  function makeAuxiliaryFiles(image: StoredImage): JobEnd {
    const success = !image.isCorrupt;
    if (success) image.hasAuxiliaryFiles = true;
    return { success, output: success ? toImageInfo(image) : 'The auxiliary files could not be made' };
  }

  function copy({ kind, imageName, otherIp }: ImageCopy): JobEnd {
    const other = options.peers?.get(otherIp)?.store;
    const [from, to] = kind === 'import' ? [other, store] : [store, other];
    const image = from?.findByName(imageName);
    if (to === undefined || !image?.hasAuxiliaryFiles) {
      return { success: false, output: 'The image could not be copied' };
    }
    to.copyFrom(image);
    return { success: true, output: 'The image is copied' };
  }

  /** Does something in a while, and then tells the webhook how it ended. @returns the job's id. */
  function startJob(kind: string, work: () => JobEnd): string {
    const jobId = `${kind}-${randomBytes(4).toString('hex')}`;
    const run = async ({ fault, jobMs }: RepositoryBehaviour) => {
      await sleep(jobMs, undefined, { signal: life.signal });
      const end = work();
      if (fault === 'silent') return;
      const answer = await reporter.post(WEBHOOK, { job_id: jobId, ...end }, life.signal);
      log(`repository: ${WEBHOOK} ${jobId} → ${answer?.status ?? 'no answer'}`);
    };
    const task = run(behaviour)
      .catch(() => {})
      .finally(() => tasks.delete(task));
    tasks.add(task);
    return jobId;
  }

  const parts: RepositoryParts = {
    store,
    sessions,
    secondMs: () => behaviour.secondMs,
    wake,
    startAuxiliaryFiles: (image) => startJob('TorrentSum', () => makeAuxiliaryFiles(image)),
    startCopy: (order) => startJob(order.kind === 'import' ? 'ImportImage' : 'ExportImage', () => copy(order)),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rawBody = await readBody(request);
    const { method = '', url: path = '', headers } = request;
    const call = { at: new Date(), method, path, headers, rawBody, body: parseJson(rawBody) };
    received.push(call);
    const { fault, slowMs } = behaviour;
    const pause = () => sleep(slowMs, undefined, { signal: life.signal });
    const isOfStreams = /\/(udpcast|uftp|p2p)$/.test(path);
    if (fault === 'slow-starts' && isOfStreams && method === 'POST') await pause();
    const { status, body } = answerRepositoryCall(call, parts, fault === 'refuse');
    log(`repository: ${method} ${path} → ${status}`);
    if (fault === 'slow' || (fault === 'slow-lists' && isOfStreams && method === 'GET')) await pause();
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
      connectTo: `::${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
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
    store,
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
