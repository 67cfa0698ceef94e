import { OperationRefusedError } from '#domain/errors.ts';
import type { WritableTable } from '#domain/operations/partition-layout.ts';
import { toStoredLayout } from '#domain/operations/stored-layout.ts';
import { declareAction } from './declare-action.ts';
import { LayoutPartitionInput, WritableTableEnum, readLayout } from './partition-layout.ts';

interface GivenLayout {
  disk: number;
  partitionTable: WritableTable;
  partitions: readonly (typeof LayoutPartitionInput.$inferInput)[];
  confirmation: string;
}

export const partitionAndFormat = declareAction<GivenLayout>('partitionAndFormat', {
  description:
    'Particionar y formatear: divides a disk of each client anew. What is on it is lost, but for a CACHE that stays as it is. All clients of the target get partitions of the same sizes. It is decided by the disks as they are, so it does not wait behind another job: `whenBusy` QUEUE is taken as REFUSE.',
  fields: (t) => ({
    disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
    partitionTable: t.field({ type: WritableTableEnum, required: true, description: 'Kind of partition table.' }),
    partitions: t.field({
      type: [LayoutPartitionInput],
      required: true,
      description: 'Particiones (Partitions) that the disk is to have, 1 to 128 (MSDOS: 60).',
    }),
    confirmation: t.string({
      required: true,
      description:
        '`BORRAR n` or `ERASE n`, where n is how many clients the target has: whoever types another number aims at other machines than they think. Not looked at when planning.',
    }),
  }),
  errors: [OperationRefusedError],
  read: ({ confirmation, ...layout }) => ({
    action: 'PARTITION_AND_FORMAT',
    ...toStoredLayout(readLayout(layout)),
    confirmation,
  }),
});
