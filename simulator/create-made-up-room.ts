import { isIPv4 } from 'node:net';
import type { SimulatedMachine } from './simulated-machine.ts';
import { createWalkthroughDisk } from './walkthrough-room.ts';

/**
 * Makes up PCs in a network, written `192.168.2.0/24:30`: pc01, pc02… from its second address on, for the first is the
 * router's. Addresses in `taken` are left out.
 *
 * @throws {Error} when the text cannot be read or the network is too small.
 */
export function createMadeUpRoom(text: string, taken: ReadonlySet<string> = new Set()): SimulatedMachine[] {
  const [, network = '', bits = '', count = ''] = /^([\d.]+)\/(\d{1,2}):(\d{1,5})$/.exec(text) ?? [];
  if (!isIPv4(network) || Number(bits) < 8 || Number(bits) > 30) {
    throw new Error(`${text} is not a network with a number of PCs, such as 192.168.2.0/24:30`);
  }
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(network) / size) * size;
  const free = Array.from({ length: Math.min(size - 3, Number(count) + taken.size) }, (_, index) =>
    toAddress(first + 2 + index),
  ).filter((ip) => !taken.has(ip));
  if (free.length < Number(count)) throw new Error(`${text}: the network has room for ${free.length} PCs only`);
  return free.slice(0, Number(count)).map((ip, index) => ({
    name: `pc${String(index + 1).padStart(2, '0')}`,
    mac: toMac(ip),
    ip,
    disks: [createWalkthroughDisk('')],
  }));
}

/** A MAC address as VirtualBox gives them, its own part taken from the IP address: one for each address of a network up to /8. */
function toMac(ip: string): string {
  const own = ip.split('.').slice(1);
  return ['08', '00', '27', ...own.map((octet) => Number(octet).toString(16).padStart(2, '0'))].join(':');
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
