import { encodeGlobalID } from '@pothos/plugin-relay';
import { scenario } from '#demo/scenario.ts';
import type { ImageReplica } from '#prisma/generated/client/client.ts';
import type { SimulatedRepository } from '#simulator/create-repository.ts';
import type { StoredImage } from '#simulator/repository/create-image-store.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import { mutate } from './mutate.ts';
import { startTestServer } from './start-test-server.ts';
import type { TestServer, TestServerOptions } from './start-test-server.ts';
import { waitFor } from './wait-for.ts';

export const repositoryId = encodeGlobalID('Repository', scenario.repository.id);
export const imageId = encodeGlobalID('Image', scenario.image.id);

/** A server whose one repository is a simulated one that holds the walkthrough’s image, with the copy of it on record. */
export interface RepositoryServer {
  server: TestServer;
  repository: SimulatedRepository;
  /** The file of the walkthrough’s image. */
  file: StoredImage;
  /** Puts file and record back to the beginning, and has the repository behave like this. */
  reset: (behaviour?: Partial<RepositoryBehaviour>) => Promise<void>;
  /** The row of the walkthrough’s image in the repository. */
  readReplica: () => Promise<ImageReplica>;
  changeReplica: (data: Partial<ImageReplica>) => Promise<ImageReplica>;
  /** Waits until that row fits. */
  untilReplica: (what: string, fits: (replica: ImageReplica) => boolean) => Promise<ImageReplica>;
  /** Sends a mutation about that copy. */
  onReplica: (mutation: string, input?: object, selection?: string) => Promise<Record<string, unknown>>;
  synchronize: () => Promise<Record<string, unknown>>;
  /** The calls that reached the repository since the last reset, such as `POST /wol`. */
  calls: () => readonly string[];
  /** Says something as a repository would. */
  tell: (body: unknown, path?: string) => Promise<{ status: number; body: unknown }>;
}

const REPLICA = 'replica { status checksum error { code message } }';

export async function startRepositoryServer(options: TestServerOptions = {}): Promise<RepositoryServer> {
  const server = await startTestServer({ boot: false, reconcileEveryMs: 30, repository: {}, ...options });
  const { repository } = server.room;
  const file = repository?.images[0];
  if (repository === null || file === undefined) throw new Error('there is no repository with an image');
  const db = server.app.database.prisma;
  const key = {
    imageId_repositoryId: { imageId: scenario.image.id, repositoryId: scenario.repository.id },
  };
  const readReplica = () => db.imageReplica.findUniqueOrThrow({ where: key });
  let seen = 0;

  return {
    server,
    repository,
    file,
    async reset(behaviour = {}) {
      repository.behave({ ...DEFAULT_REPOSITORY_BEHAVIOUR, jobMs: 20, ...behaviour });
      Object.assign(file, { place: 'images', hasAuxiliaryFiles: true, isCorrupt: false });
      if (!repository.images.includes(file)) (repository.images as StoredImage[]).unshift(file);
      await db.repositoryJobReport.deleteMany();
      await db.$executeRaw`UPDATE repositories SET last_synchronized_at = NULL, last_reached_at = NULL, last_error = NULL`;
      // Another row, so that nothing that is still under way finds the old one.
      const place = { imageId: scenario.image.id, repositoryId: scenario.repository.id };
      await db.$transaction([
        db.imageReplica.deleteMany({ where: place }),
        db.imageReplica.create({ data: { ...place, status: 'READY', checksum: file.id } }),
      ]);
      seen = repository.received.length;
    },
    readReplica,
    changeReplica: (data) => db.imageReplica.update({ where: key, data }),
    untilReplica: (what, fits) =>
      waitFor(what, async () => {
        const replica = await readReplica();
        return fits(replica) ? replica : null;
      }),
    async onReplica(mutation, input = {}, selection = REPLICA) {
      const { id } = await readReplica();
      return mutate(server.url, mutation, { replicaId: encodeGlobalID('ImageReplica', id), ...input }, selection);
    },
    synchronize: () => mutate(server.url, 'synchronizeRepository', { repositoryId }, 'changedCount'),
    calls: () =>
      repository.received.slice(seen).map(({ method, path }) => `${method} ${path.replace('/ogrepository/v1', '')}`),
    async tell(body, path = '/webhooks/repository') {
      const response = await fetch(new URL(path, server.url), {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
  };
}
