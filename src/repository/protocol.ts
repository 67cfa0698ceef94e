import type { JobReport } from '#domain/imaging/image-jobs.ts';
import type {
  DiskUse,
  RepositoryImage,
  RepositoryOutcome,
  RepositoryReport,
  Transfer,
  TransferMethod,
  TransferOrder,
} from '#domain/imaging/repository-gateway.ts';
import { readList, readRecord, readText, readNumber, toCleanLine } from './read-answer.ts';
import type { Fields } from './read-answer.ts';
import { readBytes, readDiskUse } from './read-size.ts';

/** A call as ogRepository takes it, below its base path. */
export interface RepositoryRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body: string | null;
}

/** A complete HTTP answer, not yet understood. */
export interface RepositoryAnswer {
  status: number;
  body: Uint8Array;
}

type Answered<T> = Exclude<RepositoryOutcome<T>, { outcome: 'not-sent' }>;

// Most of what follows is known from recollection: the paths are documented, the bodies are not. So nothing here insists on more than it
// needs, and what is not understood is `unknown`, never «done».

/** Files of images have this ending on the repository; names in our tables have none. */
const IMAGE_FILE = '.img';
const IMAGE_FILE_ENDING = /\.img(\.zst)?$/i;

/** The user that repositories copy files as, from one to another. */
const TRANSFER_USER = 'opengnsys';

const METHOD_PATHS: Readonly<Record<TransferMethod, string>> = { UDPCAST: '/udpcast', UFTP: '/uftp', P2P: '/p2p' };

/** What udpcast calls its modes. */
const MODE_WORDS = { FULL_DUPLEX: 'full-duplex', HALF_DUPLEX: 'half-duplex', BROADCAST: 'broadcast' } as const;

const MAX_IMAGES = 20_000;
const MAX_TRANSFERS = 1000;
const MAX_SERVICES = 100;

/** The checksum stands in paths of later calls, so it is one plain word. */
const CHECKSUM = /^[\w-]{1,128}$/;

export const toStatusRequest = (): RepositoryRequest => get('/status');
export const toListRequest = (): RepositoryRequest => get('/images');
export const toRefreshRequest = (): RepositoryRequest => send('PUT', '/images');
export const toIntegrityRequest = (checksum: string): RepositoryRequest => get(`/status/images/${encode(checksum)}`);

export function toDeleteRequest(checksum: string, how: 'TRASH' | 'FOR_GOOD'): RepositoryRequest {
  return send('DELETE', `/images/${encode(checksum)}?method=${how === 'TRASH' ? 'trash' : 'permanent'}`);
}

export const toRecoverRequest = (checksum: string): RepositoryRequest =>
  send('POST', `/trash/images/${encode(checksum)}`);

export const toDeleteFromTrashRequest = (checksum: string): RepositoryRequest =>
  send('DELETE', `/trash/images/${encode(checksum)}`);

export function toImportRequest({ name, fromIp }: { name: string; fromIp: string }): RepositoryRequest {
  return send('POST', '/repo/images', { image: name + IMAGE_FILE, repo_ip: fromIp, user: TRANSFER_USER });
}

export function toExportRequest({ name, toIp }: { name: string; toIp: string }): RepositoryRequest {
  return send('PUT', '/repo/images', { image: name + IMAGE_FILE, repo_ip: toIp, user: TRANSFER_USER });
}

export const toAuxiliaryFilesRequest = (imageName: string): RepositoryRequest =>
  send('POST', '/images/torrentsum', { image: imageName + IMAGE_FILE });

export function toWakeRequest({ mac, broadcastIp }: { mac: string; broadcastIp: string }): RepositoryRequest {
  return send('POST', '/wol', { broadcast_ip: broadcastIp, mac });
}

export function toTransferRequest(order: TransferOrder): RepositoryRequest {
  const { method, checksum, port, address, mode, speedMbps, clientCount, maxWaitSeconds } = order;
  const bitrate = speedMbps === null ? null : `${speedMbps}M`;
  const receivers = { nclients: clientCount, maxtime: maxWaitSeconds };
  const keys = {
    UDPCAST: { port, method: mode === null ? null : MODE_WORDS[mode], ip: address, bitrate, ...receivers },
    UFTP: { port, ip: address, bitrate, ...receivers },
    P2P: receivers,
  }[method];
  const given = Object.entries(keys).filter(([, value]) => value !== null);
  return send('POST', METHOD_PATHS[method], { ID_img: checksum, ...Object.fromEntries(given) });
}

export const toTransferListRequest = (method: 'UDPCAST' | 'UFTP'): RepositoryRequest => get(METHOD_PATHS[method]);

/** P2P has no call for one image: it ends them all. */
export function toCancelRequest(method: TransferMethod, checksum: string): RepositoryRequest {
  const path = METHOD_PATHS[method];
  return send('DELETE', method === 'P2P' ? path : `${path}/images/${encode(checksum)}`);
}

/** For calls whose success says it all. */
export function parseDone(answer: RepositoryAnswer): Answered<null> {
  return parseSuccess(answer, () => null);
}

/** For calls whose work goes on: the name under which the repository will report its end, where it gave one. */
export function parseJob(answer: RepositoryAnswer): Answered<{ jobId: string | null }> {
  return parseSuccess(answer, (body) => ({ jobId: readJobId(body) ?? readJobId(readRecord(body['output']) ?? {}) }));
}

export function parseTransferStart(answer: RepositoryAnswer): Answered<{ transferId: string | null }> {
  return parseSuccess(answer, (body) => {
    const output = readRecord(body['output']) ?? {};
    return { transferId: readText(output, 'id', 'pid', 'job_id') ?? readText(body, 'job_id', 'id', 'pid') };
  });
}

export function parseStatus(answer: RepositoryAnswer): Answered<RepositoryReport> {
  return parseSuccess(answer, (body) => {
    const output = readRecord(body['output']) ?? body;
    const services = readRecord(output['services']) ?? {};
    const percentOf = (...names: string[]) => {
      const part = names.map((name) => readRecord(output[name])).find((found) => found !== null);
      const percent = part ? readNumber(part, 'used_percentage', 'percent', 'usage') : readNumber(output, ...names);
      return percent === null || percent > 100 ? null : percent;
    };
    const gitFlag = output['ogGit'] ?? output['oggit'];
    const report = {
      disk: readDiskUse(readRecord(output['disk'])),
      cpuPercent: percentOf('cpu'),
      memoryPercent: percentOf('ram', 'memory'),
      services: Object.keys(services)
        .slice(0, MAX_SERVICES)
        .map((name) => ({ name: toCleanLine(name), state: readText(services, name) ?? 'unknown' })),
      supportsGit: gitFlag === undefined || gitFlag === null ? null : isTrue(gitFlag),
    };
    const saysNothing = report.disk === null && report.cpuPercent === null && report.services.length === 0;
    return saysNothing ? undefined : report;
  });
}

/**
 * What the repository holds. A list that cannot be read from end to end is none: an image left out of it would look as if it were gone.
 * Files without a checksum are not complete yet, and are not listed.
 */
export function parseImages(
  answer: RepositoryAnswer,
): Answered<{ images: readonly RepositoryImage[]; disk: DiskUse | null }> {
  return parseSuccess(answer, (body) => {
    const output = readRecord(body['output']) ?? body;
    const kept = readFolder(output['REPOSITORY'] ?? output['repository'] ?? output);
    const trash = readFolder(output['TRASH'] ?? output['trash'] ?? []);
    if (kept === null || trash === null || kept.length + trash.length > MAX_IMAGES) return undefined;
    const images = [...kept.map((file) => readImage(file, 'images')), ...trash.map((file) => readImage(file, 'trash'))];
    if (images.includes(undefined)) return undefined;
    return {
      images: images.filter((image) => image !== null && image !== undefined),
      disk: readDiskUse(readRecord(output['disk'])),
    };
  });
}

/** Whether a file fits its checksum. Repositories say that it does not now as a success, now as a failure, so it is the words that count. */
export function parseIntegrity(answer: RepositoryAnswer): Answered<{ isIntact: boolean }> {
  const body = parseBody(answer.body);
  const words = body === null ? '' : `${readText(body, 'output') ?? ''} ${readText(body, 'error', 'exception') ?? ''}`;
  if (FAILED_CHECK.test(words)) return { outcome: 'done', value: { isIntact: false } };
  return parseSuccess(answer, ({ output }) => ({ isIntact: output !== false && output !== 'false' }));
}

const FAILED_CHECK = /(n['’]?t|\bnot) pass\b|\bcorrupt|checksums? (differ|do(es)? not match)|no (ha )?(pasa|supera)/i;

/** The transfers in course: a list, or one record by the numbers of their processes. */
export function parseTransfers(answer: RepositoryAnswer, method: 'UDPCAST' | 'UFTP'): Answered<readonly Transfer[]> {
  return parseSuccess(answer, ({ output }) => {
    const record = readRecord(output);
    const entries = Array.isArray(output)
      ? (output as unknown[]).map((entry): [string | null, unknown] => [null, entry])
      : record === null
        ? null
        : Object.entries(record);
    if (entries === null || entries.length > MAX_TRANSFERS) return undefined;
    const transfers = entries.map(([id, entry]) => readTransfer(id, readRecord(entry), method));
    return transfers.includes(null) ? undefined : transfers.filter((transfer) => transfer !== null);
  });
}

/**
 * The end of a job as the repository tells it by webhook: `job_id`, `success`, and `output`, `error` or `exception`.
 *
 * @returns null for a body that names no job.
 */
export function parseJobReport(body: unknown): JobReport | null {
  const fields = readRecord(body);
  const jobId = fields === null ? null : readJobId(fields);
  if (fields === null || jobId === null) return null;
  const failure = readText(fields, 'error', 'exception');
  const output = readRecord(fields['output']);
  const verdict = readVerdict(fields['success'] ?? fields['status']);
  // Without a verdict, an error is one, and so is an output.
  const assumed = failure === null ? (fields['output'] === undefined ? null : true) : false;
  return {
    jobId,
    succeeded: verdict ?? assumed,
    message: failure ?? readText(fields, 'output', 'message') ?? '',
    image: output === null ? null : (readImage(output, 'images') ?? null),
  };
}

/** What an answer means, whatever was asked. `read` gives undefined for an answer that cannot be understood. */
function parseSuccess<T>({ status, body }: RepositoryAnswer, read: (body: Fields) => T | undefined): Answered<T> {
  const fields = parseBody(body);
  const isSuccess = status >= 200 && status < 300;
  const verdict = fields === null ? null : readVerdict(fields['success']);
  const reason = fields === null ? null : (readText(fields, 'exception', 'error') ?? null);
  if (isSuccess && fields !== null && verdict !== false && (verdict === true || reason === null)) {
    const value = read(fields);
    if (value !== undefined) return { outcome: 'done', value };
  } else if (fields !== null && (verdict === false || (reason !== null && verdict === null))) {
    return refuse(reason ?? readText(fields, 'output', 'message') ?? `HTTP status ${status}`);
  } else if (status >= 300 && status < 500 && status !== 408) {
    // From whatever looks for the function to run, before it is run.
    return refuse(`HTTP status ${status}`);
  }
  return {
    outcome: 'unknown',
    message: `The repository gave an answer that makes no sense (HTTP status ${status}).`,
  };
}

function refuse(reason: string): { outcome: 'refused'; message: string } {
  return { outcome: 'refused', message: `The repository refused: ${toCleanLine(reason)}` };
}

/** Null where the bytes are no JSON object in UTF-8. */
function parseBody(body: Uint8Array): Fields | null {
  try {
    return readRecord(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    return null;
  }
}

/** The files of a folder and of those below it, one for each organizational unit; null for no such list. */
function readFolder(folder: unknown): Fields[] | null {
  if (Array.isArray(folder)) return readList(folder);
  const record = readRecord(folder);
  const own = record === null ? null : readList(record['images']);
  if (record === null || own === null) return null;
  const units = readList(record['ous'] ?? []);
  const below = units?.map(({ images }) => readList(images ?? []));
  return below === undefined || below.includes(null) ? null : [...own, ...below.flatMap((files) => files ?? [])];
}

/** Null for a file that is not complete, undefined for something that is no file at all. */
function readImage(file: Fields, place: RepositoryImage['place']): RepositoryImage | null | undefined {
  const name = readText(file, 'name', 'image')?.replace(IMAGE_FILE_ENDING, '');
  if (name === undefined || name === '') return undefined;
  const checksum = readText(file, 'fullsum', 'id', 'ID_img', 'sum', 'checksum')?.toLowerCase();
  if (checksum === undefined || !CHECKSUM.test(checksum)) return null;
  return {
    checksum,
    name,
    place,
    sizeBytes: readBytes(file['size'], 'B'),
    dataSizeBytes: readBytes(file['datasize'], 'KB'),
    fileSystem: readText(file, 'filesystem', 'fs'),
    modifiedAt: readDate(file['modified']),
    isLocked: isTrue(file['locked']),
  };
}

function readTransfer(id: string | null, entry: Fields | null, method: 'UDPCAST' | 'UFTP'): Transfer | null {
  const checksum = entry === null ? null : readText(entry, 'ID_img', 'image_id', 'id_img');
  const transferId = entry === null ? null : (readText(entry, 'id', 'pid') ?? id);
  if (entry === null || checksum === null || transferId === null) return null;
  const state = readText(entry, 'state', 'status')?.toUpperCase();
  return {
    id: transferId,
    method,
    checksum,
    imageName: readText(entry, 'image_name', 'name')?.replace(IMAGE_FILE_ENDING, '') ?? null,
    port: readNumber(entry, 'port', 'portbase'),
    state: state === 'WAITING' || state === 'SENDING' ? state : null,
    joined: readNumber(entry, 'joined'),
  };
}

function readJobId(body: Fields): string | null {
  return readText(body, 'job_id', 'jobId');
}

function readDate(value: unknown): Date | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  // A number is Unix time, in seconds.
  const date = /^\d{9,11}(\.\d+)?$/.test(String(value)) ? new Date(Number(value) * 1000) : new Date(value);
  const year = date.getUTCFullYear();
  return year >= 1990 && year < 3000 ? date : null;
}

function readVerdict(value: unknown): boolean | null {
  if (value === undefined || value === null) return null;
  if (isTrue(value)) return true;
  const isFalse = value === false || value === 0;
  return isFalse || (typeof value === 'string' && /^(false|0|no|error|failed)$/i.test(value)) ? false : null;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|1|yes|success)$/i.test(value));
}

function get(path: string): RepositoryRequest {
  return { method: 'GET', path, body: null };
}

function send(method: 'POST' | 'PUT' | 'DELETE', path: string, body: object | null = null): RepositoryRequest {
  return { method, path, body: body === null ? null : JSON.stringify(body) };
}

function encode(checksum: string): string {
  return encodeURIComponent(checksum);
}
