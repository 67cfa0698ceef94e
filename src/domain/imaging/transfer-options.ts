import { InvalidInputError } from '#domain/errors.ts';
import type { MulticastOptions, P2pOptions } from '#domain/operations/operation-order.ts';

/** The UDP ports that udpcast and the older engine use: even ones, each with the next one for control. */
export const FIRST_PORT = 9000;
export const LAST_PORT = 9050;

const MAX_SPEED_MBPS = 1000;
const MAX_CLIENTS = 5000;
const MAX_WAIT_SECONDS = 3600;
const MAX_SEED_SECONDS = 86_400;

/** @throws {InvalidInputError} at the option that makes no sense. */
export function checkMulticastOptions(options: MulticastOptions): void {
  const { port, address, speedMbps, maxClients, maxWaitSeconds } = options;
  checkRange('multicast', 'port', port, FIRST_PORT, LAST_PORT);
  if (port !== null && port % 2 !== 0) throw new InvalidInputError(['input', 'multicast', 'port'], 'ODD_PORT');
  if (address !== null) {
    const first = Number(address.split('.')[0]);
    if (first < 224 || first > 239) throw new InvalidInputError(['input', 'multicast', 'address'], 'NOT_MULTICAST');
  }
  checkRange('multicast', 'speedMbps', speedMbps, 1, MAX_SPEED_MBPS);
  checkRange('multicast', 'maxClients', maxClients, 1, MAX_CLIENTS);
  checkRange('multicast', 'maxWaitSeconds', maxWaitSeconds, 1, MAX_WAIT_SECONDS);
}

/** @throws {InvalidInputError} at the option that makes no sense. */
export function checkP2pOptions({ seedSeconds }: P2pOptions): void {
  checkRange('p2p', 'seedSeconds', seedSeconds, 0, MAX_SEED_SECONDS);
}

function checkRange(group: string, field: string, value: number | null, min: number, max: number): void {
  if (value === null || (value >= min && value <= max)) return;
  throw new InvalidInputError(['input', group, field], 'OUT_OF_RANGE', { min, max });
}
