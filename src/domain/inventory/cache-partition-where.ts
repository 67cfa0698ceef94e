import type { Prisma } from '#prisma/generated/client/client.ts';

/** Exactly those partitions that `isCachePartition` in partition-code.ts takes for a CACHE, said as a condition on rows. */
export const cachePartitionWhere: Prisma.PartitionWhereInput = {
  OR: [
    { code: { equals: 'CA', mode: 'insensitive' } },
    { code: { equals: 'CA00', mode: 'insensitive' } },
    { AND: [{ fileSystem: { not: null } }, { fileSystem: { equals: 'CACHE', mode: 'insensitive' } }] },
  ],
};
