import { InvalidInputError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { rangeOf } from './network-range.ts';

/** Two subnets at once could overlap without either seeing the other: one at a time. */
const SUBNET_LOCK = 7_301_955n;

/**
 * A subnet overlaps no other one, and its clients stay inside when it changes.
 *
 * @param id the subnet's own id; null for one that is being made.
 * @throws {InvalidInputError} at `input.cidr`
 */
export async function settleSubnet(tx: Transaction, cidr: string, id: string | null): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${SUBNET_LOCK})::text`;
  const { first, last } = rangeOf(cidr);
  const others = await tx.subnet.findMany({ select: { id: true, cidr: true } });
  for (const other of others) {
    const range = rangeOf(other.cidr);
    // The same network again is for the unique index to refuse, which says whose it is.
    if (other.id === id || other.cidr === cidr || range.last < first || range.first > last) continue;
    throw new InvalidInputError(['input', 'cidr'], 'NETWORKS_OVERLAP', { network: other.cidr });
  }
  if (id === null) return;
  const count = await tx.client.count({
    where: { subnetId: id, OR: [{ ipNumber: { lte: first } }, { ipNumber: { gte: last } }] },
  });
  if (count > 0) throw new InvalidInputError(['input', 'cidr'], 'LEAVES_CLIENTS_OUT', { count });
}
