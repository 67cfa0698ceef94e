import type { MulticastMethod } from '#simulator/actions/engine-work.ts';
import { BadCallError } from './bad-call-error.ts';

/** What a call to send an image asks for. Times in seconds. */
export interface Transfer {
  imageId: string;
  port: number | null;
  clients: number | null;
  maxTime: number;
  details: { ip?: string; method?: string; bitrate?: string };
}

type Body = Readonly<Record<string, unknown>>;

const MODES = ['full-duplex', 'half-duplex', 'broadcast'];
const DEFAULT_MAX_TIME = 60;

/**
 * Reads `ID_img port method ip bitrate nclients maxtime`, numbers as such or as text: UDPcast needs all of them, UFTP no
 * `method`, P2P the image alone; where `nclients` and `maxtime` are not needed, they may still be given.
 *
 * @throws {BadCallError} with what the repository answers.
 */
export function readTransfer(method: MulticastMethod, body: Body): Transfer {
  const imageId = readText(body, 'ID_img');
  const isUdpcast = method === 'udpcast';
  const clients = isUdpcast || body['nclients'] !== undefined ? readNumber(body, 'nclients', 1) : null;
  const maxTime = isUdpcast || body['maxtime'] !== undefined ? readNumber(body, 'maxtime', 0) : DEFAULT_MAX_TIME;
  if (method === 'p2p') return { imageId, port: null, clients, maxTime, details: {} };
  const port = readNumber(body, 'port', 1);
  if (port > 65_535) throw new BadCallError('port is out of range');
  const details = { ip: readText(body, 'ip'), bitrate: readText(body, 'bitrate') };
  if (!isUdpcast) return { imageId, port, clients, maxTime, details };
  // The next port, an odd one, is for control.
  if (port % 2 !== 0) throw new BadCallError('port is not even');
  const mode = readText(body, 'method');
  if (!MODES.includes(mode)) throw new BadCallError(`method must be one of ${MODES.join(', ')}`);
  return { imageId, port, clients, maxTime, details: { ...details, method: mode } };
}

/** @throws {BadCallError} with what the repository answers. */
export function readText(body: Body, key: string): string {
  const value = body[key];
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') throw new BadCallError(`Missing: ${key}`);
  return text;
}

function readNumber(body: Body, key: string, least: number): number {
  const text = readText(body, key);
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw new BadCallError(`${key} must be a whole number from ${least}`);
  return value;
}
