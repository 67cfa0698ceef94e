import { resolveNetworkSettings } from '#domain/inventory/network-settings.ts';
import type { NetworkSettings } from '#domain/inventory/network-settings.ts';
import type { Transaction } from '#domain/storage.ts';

export type TransferSettings = Pick<NetworkSettings, 'multicast' | 'p2p'>;

const SETTINGS = {
  routerIp: true,
  netmask: true,
  dns: true,
  ntp: true,
  proxy: true,
  multicastIp: true,
  multicastPort: true,
  multicastMode: true,
  multicastSpeedMbps: true,
  p2pMode: true,
  p2pSeedSeconds: true,
} as const;

/** How images are sent to the machines of rooms where an order does not say otherwise. One statement. */
export async function readTransferSettings(
  tx: Transaction,
  roomIds: readonly string[],
): Promise<ReadonlyMap<string, TransferSettings>> {
  const rooms = await tx.room.findMany({
    where: { id: { in: [...new Set(roomIds)] } },
    select: { id: true, ...SETTINGS, center: { select: SETTINGS } },
  });
  return new Map(
    rooms.map(({ id, center, ...room }) => [
      id,
      resolveNetworkSettings([
        { origin: 'ROOM', settings: room },
        { origin: 'CENTER', settings: center },
      ]),
    ]),
  );
}
