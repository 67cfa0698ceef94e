import type { Row } from '#domain/administration/kind.ts';
import { requireHostIn } from '#domain/administration/network-rules.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { isHostIn } from './network-range.ts';

/**
 * A client's group is of its room, and its address is in its subnet. A client that moves leaves its group behind, and one whose address
 * changes finds its subnet by it, unless either is said.
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
  return { ...(await settleGroup(tx, row, changed)), ...(await settleSubnetOf(tx, row, changed)) };
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
