import type { MulticastMethod } from '#simulator/actions/engine-work.ts';
import { BadCallError } from './bad-call-error.ts';
import { toImageInfo } from './create-image-store.ts';
import type { ImageStore, StoredImage } from './create-image-store.ts';
import type { Session, Sessions } from './create-sessions.ts';
import { readText, readTransfer } from './read-transfer.ts';

/** What the routes work on. */
export interface RepositoryParts {
  store: ImageStore;
  sessions: Sessions;
  secondMs: () => number;
  wake: (mac: string) => void;
  /** Makes the checksum and torrent files in a while, and then tells the webhook. @returns the job's id. */
  startAuxiliaryFiles: (image: StoredImage) => string;
  /** Copies an image from or to the repository at an address in a while, and then tells the webhook. @returns the job's id. */
  startCopy: (copy: ImageCopy) => string;
}

export interface ImageCopy {
  kind: 'import' | 'export';
  imageName: string;
  otherIp: string;
}

export interface RepositoryCall {
  /** What stands for the `{ID_img}` of the path. */
  id: string;
  query: URLSearchParams;
  body: Readonly<Record<string, unknown>>;
}

type Route = (parts: RepositoryParts, call: RepositoryCall) => unknown;

const DIRECTORY = '/opt/opengnsys/ogrepository/images';
const DISK_GIB = 500;

/** Every route, `{ID_img}` written `*`. Each returns the `output` of its answer, or throws why there is none. */
export const REPOSITORY_ROUTES: ReadonlyMap<string, Route> = new Map(
  Object.entries<Route>({
    'GET /status': ({ store }) => ({
      cpu: { used_percentage: 3 },
      ram: { total: 8, used: 2, free: 6, percent: 25 },
      disk: toDiskUse(store),
      services: { ssh: 'active', smbd: 'active', rsync: 'active' },
      ogGit: false,
    }),
    'GET /images': ({ store }) => ({
      directory: DIRECTORY,
      images: listed(store, 'images'),
      trash: listed(store, 'trash'),
      ous: [],
      disk: toDiskUse(store),
    }),
    'PUT /images': () => 'The information of the repository is up to date',
    'GET /images/*': ({ store }, { id }) => toImageInfo(requireImage(store, id)),
    'GET /status/images/*': ({ store }, { id }) => {
      if (requireImage(store, id).isCorrupt) throw new Error('The image file did not pass the integrity check');
      return 'The image file passed the integrity check';
    },
    'DELETE /images/*': ({ store }, { id, query }) => {
      const image = requireImage(store, id);
      const method = query.get('method') ?? 'trash';
      if (method !== 'trash' && method !== 'permanent') throw new BadCallError('method is neither trash nor permanent');
      if (method === 'trash') image.place = 'trash';
      else store.remove(image);
      return method === 'trash' ? 'The image is in the trash' : 'The image is deleted';
    },
    'POST /trash/images/*': ({ store }, { id }) => {
      const image = requireImage(store, id, 'trash');
      if (store.findByName(image.name) !== null) throw new BadCallError('There is another image of that name');
      image.place = 'images';
      return 'The image is recovered';
    },
    'DELETE /trash/images/*': ({ store }, { id }) => {
      store.remove(requireImage(store, id, 'trash'));
      return 'The image is deleted';
    },
    'POST /images/torrentsum': ({ store, startAuxiliaryFiles }, { body }) => {
      const image = store.findByName(readText(body, 'image'));
      if (image === null) throw new BadCallError('Image not found');
      return { job_id: startAuxiliaryFiles(image) };
    },
    'POST /repo/images': ({ store, startCopy }, { body }) => {
      const imageName = readImageName(body);
      if (store.findByName(imageName) !== null) throw new BadCallError('There is another image of that name');
      return { job_id: startCopy({ kind: 'import', imageName, otherIp: readText(body, 'repo_ip') }) };
    },
    'PUT /repo/images': ({ store, startCopy }, { body }) => {
      const imageName = readImageName(body);
      const image = store.findByName(imageName);
      if (image === null || !image.hasAuxiliaryFiles) throw new BadCallError('Image not found');
      return { job_id: startCopy({ kind: 'export', imageName, otherIp: readText(body, 'repo_ip') }) };
    },
    'POST /wol': ({ wake }, { body }) => {
      const macs = Array.isArray(body['macs']) ? (body['macs'] as unknown[]) : [readText(body, 'mac')];
      if (body['macs'] === undefined) readText(body, 'broadcast_ip');
      for (const mac of macs) {
        if (typeof mac !== 'string' || !/^[0-9a-f]{2}([:-]?[0-9a-f]{2}){5}$/i.test(mac)) {
          throw new BadCallError(`${String(mac)} is not a MAC address`);
        }
      }
      for (const mac of macs) wake(String(mac));
      return `Wake On Lan packets sent: ${macs.length}`;
    },
    'POST /udpcast': send('udpcast'),
    'POST /uftp': send('uftp'),
    'POST /p2p': send('p2p'),
    'GET /udpcast': list('udpcast'),
    'GET /uftp': list('uftp'),
    'DELETE /udpcast/images/*': cancel('udpcast'),
    'DELETE /uftp/images/*': cancel('uftp'),
    'DELETE /p2p': cancel('p2p'),
  }),
);

function readImageName(body: Readonly<Record<string, unknown>>): string {
  readText(body, 'user');
  return readText(body, 'image').replace(/\.img$/, '');
}

function send(method: MulticastMethod): Route {
  return ({ store, sessions, secondMs }, { body }) => {
    const { imageId, port, clients, maxTime, details } = readTransfer(method, body);
    const { name: imageName } = requireImage(store, imageId);
    const maxWaitMs = maxTime * secondMs();
    const told = { ...details, maxtime: maxTime };
    return toSessionInfo(sessions.open({ method, imageId, imageName, port, clients, maxWaitMs, details: told }));
  };
}

function list(method: MulticastMethod): Route {
  return ({ sessions }) => sessions.list(method).map(toSessionInfo);
}

function cancel(method: MulticastMethod): Route {
  return ({ sessions }, { id }) => {
    const count = sessions.cancel(method, id || null);
    if (count === 0) throw new BadCallError('There is no such transfer');
    return `Transfers cancelled: ${count}`;
  };
}

function requireImage(store: ImageStore, id: string, place: StoredImage['place'] = 'images'): StoredImage {
  const image = store.find(id, place);
  if (image === null) throw new BadCallError('Image not found');
  return image;
}

function listed({ images }: ImageStore, place: StoredImage['place']): object[] {
  return images.filter((image) => image.place === place && image.hasAuxiliaryFiles).map(toImageInfo);
}

function toSessionInfo({ id, imageId, imageName, port, clients, joined, state, details }: Session): object {
  return { id, ID_img: imageId, image_name: imageName, port, ...details, nclients: clients, joined, state };
}

/** In GiB. */
function toDiskUse({ images }: ImageStore): object {
  const used = Math.round(images.reduce((sum, { dataSizeKb }) => sum + dataSizeKb / 2, 0) / 1024 / 1024);
  return { total: DISK_GIB, used, free: DISK_GIB - used, percent: Math.round((100 * used) / DISK_GIB) };
}
