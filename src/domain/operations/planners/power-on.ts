import ipaddr from 'ipaddr.js';
import type { TargetClient } from '#domain/operations/operation-target.ts';
import type { Planner } from '#domain/operations/planner.ts';
import { reason } from '#domain/operations/reasons.ts';

/** Who sends the packet that switches a machine on. */
export type WakeSender = 'REPOSITORY' | 'SERVER';

/**
 * Wake-on-LAN goes to the broadcast address of the client's own network: through the client's repository, which stands in a network that
 * may (upstream: PCs of a secondary repository were not woken), or from this server where it is told to.
 */
export function createPowerOnPlanner(sender: WakeSender): Planner<'POWER_ON'> {
  return {
    check() {},
    needs: () => ({ state: 'OFF', isForced: false }),
    prepare: async () => (client) => {
      const { repository } = client;
      if (sender === 'REPOSITORY' && repository === null) return { reasons: [reason('NO_REPOSITORY')], input: null };
      const broadcastIp = broadcastOf(client);
      if (broadcastIp === null) return { reasons: [reason('NO_BROADCAST_ADDRESS')], input: null };
      return {
        reasons: [],
        input: {
          action: 'POWER_ON',
          mac: client.mac,
          broadcastIp,
          repositoryId: sender === 'REPOSITORY' ? (repository?.id ?? null) : null,
          repositoryIp: sender === 'REPOSITORY' ? (repository?.ip ?? null) : null,
        },
      };
    },
  };
}

/** Of the client's subnet, else of its room's netmask, else of its center's; null where nobody says what network it is in. */
function broadcastOf({ ip, subnet, room }: TargetClient): string | null {
  if (subnet !== null && ipaddr.IPv4.isValidCIDR(subnet.cidr)) {
    return ipaddr.IPv4.broadcastAddressFromCIDR(subnet.cidr).toString();
  }
  const netmask = room.netmask ?? room.center.netmask;
  const bits =
    netmask !== null && ipaddr.IPv4.isValid(netmask) ? ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask() : null;
  return bits === null ? null : ipaddr.IPv4.broadcastAddressFromCIDR(`${ip}/${bits}`).toString();
}
