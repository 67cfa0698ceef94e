import type { Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Dependent } from './kind.ts';
import { REFERENCE_TABLES } from './reference-types.ts';

interface Delegate {
  count: (query: object) => Promise<number>;
  updateMany: (query: object) => Promise<unknown>;
  deleteMany: (query: object) => Promise<unknown>;
}

function delegateOf(tx: Transaction, type: string): Delegate {
  return (tx as unknown as Record<string, Delegate>)[`${type.charAt(0).toLowerCase()}${type.slice(1)}`] as Delegate;
}

/** Rows that name the deleted one in a column: they stay, and name nothing from then on. */
export function released(type: string, column: string): Dependent {
  return {
    type,
    count: (tx, id) => delegateOf(tx, type).count({ where: { [column]: id } }),
    remove: (tx, id) =>
      delegateOf(tx, type).updateMany({
        where: { [column]: id },
        data: { [column]: null, ...(type in REFERENCE_TABLES ? { recordVersion: { increment: 1 } } : {}) },
      }),
  };
}

/** Rows that go with the deleted one. */
export function deleted(type: string, where: (id: string) => object, before?: Dependent['remove']): Dependent {
  return {
    type,
    count: (tx, id) => delegateOf(tx, type).count({ where: where(id) }),
    async remove(tx, id) {
      await before?.(tx, id);
      await delegateOf(tx, type).deleteMany({ where: where(id) });
    },
  };
}

/** Groups with those below them; a group cannot go before what is in it, so the tree is taken apart first. */
export function deletedGroups(type: 'RoomGroup' | 'ClientGroup', where: (id: string) => object): Dependent {
  return deleted(type, where, (tx, id) =>
    delegateOf(tx, type).updateMany({ where: where(id), data: { parentId: null } }),
  );
}

/** Jobs that may be at work: whatever they concern is not deleted before they have ended. */
export function activeTraces(where: (id: string) => Prisma.TraceWhereInput): Dependent {
  return {
    type: 'ActiveTrace',
    count: (tx, id) => tx.trace.count({ where: { AND: [where(id), { status: { in: [...ACTIVE_STATUSES] } }] } }),
  };
}

/** Jobs that have ended. An operation of which nothing is left goes too: it could only tell of nothing. */
export function history(where: (id: string) => Prisma.TraceWhereInput): Dependent {
  return {
    type: 'Trace',
    count: (tx, id) => tx.trace.count({ where: where(id) }),
    async remove(tx, id) {
      const operations = await tx.trace.groupBy({ by: ['operationId'], where: where(id) });
      // One that began after it was looked is not history: the row it refers to then keeps all from being deleted.
      await tx.trace.deleteMany({ where: { AND: [where(id), { status: { notIn: [...ACTIVE_STATUSES] } }] } });
      await tx.operation.deleteMany({
        where: { id: { in: operations.map(({ operationId }) => operationId) }, traces: { none: {} } },
      });
    },
  };
}

/** Machines with all that is known of them, their history too; but never while a job may be at work on one. */
export function clientsWithHistory(where: (id: string) => Prisma.ClientWhereInput): readonly Dependent[] {
  return [
    activeTraces((id) => ({ client: where(id) })),
    history((id) => ({ client: where(id) })),
    deleted('Client', where),
  ];
}
