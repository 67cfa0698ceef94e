import type { Row } from '#domain/administration/kind.ts';
import { requireHostIn } from '#domain/administration/network-rules.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import { isHostIn } from './network-range.ts';

/**
 * A client's group is of its room, and its address is in its subnet. A client that moves leaves its group behind, and one whose address
 * changes finds its subnet by it, unless either is said. While a job is in hand its addresses stay: by them its agent is asked and believed.
 *
 * @throws {InvalidInputError}
 */
export async function settleClient(tx: Transaction, row: Row, changed: Row, id: string | null): Promise<Row> {
  if (id !== null && changed['roomId'] !== undefined) {
    // A room's teacher's machine is one of its own.
    await tx.room.updateMany({
      where: { teacherClientId: id, id: { not: String(row['roomId']) } },
      data: { teacherClientId: null },
    });
  }
  if (id !== null) await keepAddresses(tx, row, changed, id);
  return { ...(await settleGroup(tx, row, changed)), ...(await settleSubnetOf(tx, row, changed)) };
}

async function keepAddresses(tx: Transaction, row: Row, changed: Row, id: string): Promise<void> {
  if (changed['ip'] === undefined && changed['mac'] === undefined) return;
  const now = await tx.client.findUniqueOrThrow({ where: { id }, select: { ip: true, mac: true } });
  const field = now.ip === row['ip'] ? 'mac' : 'ip';
  if (now[field] === row[field]) return;
  const inHand = await tx.trace.count({ where: { clientId: id, status: { in: [...ACTIVE_STATUSES] } } });
  if (inHand > 0) throw new InvalidInputError(['input', field], 'JOB_IN_HAND');
}

async function settleGroup(tx: Transaction, row: Row, changed: Row): Promise<Row> {
  if (typeof row['groupId'] !== 'string') return {};
  const group = await tx.clientGroup.findUnique({ where: { id: row['groupId'] }, select: { roomId: true } });
  if (group?.roomId === row['roomId']) return {};
  if (changed['groupId'] === undefined) return { groupId: null };
  throw new InvalidInputError(['input', 'groupId'], 'OF_ANOTHER_PARENT', { parent: 'Room' });
}

async function settleSubnetOf(tx: Transaction, row: Row, changed: Row): Promise<Row> {
  const ip = String(row['ip']);
  if (typeof changed['subnetId'] === 'string') {
    const subnet = await tx.subnet.findUniqueOrThrow({ where: { id: changed['subnetId'] }, select: { cidr: true } });
    requireHostIn(subnet.cidr, ip, ['input', changed['ip'] === undefined ? 'subnetId' : 'ip']);
    return {};
  }
  if (changed['ip'] === undefined || changed['subnetId'] === null) return {};
  const subnets = await tx.subnet.findMany({ select: { id: true, cidr: true } });
  return { subnetId: subnets.find(({ cidr }) => isHostIn(cidr, ip))?.id ?? null };
}
