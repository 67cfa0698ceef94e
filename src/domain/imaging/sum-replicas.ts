import type { Transaction } from '#domain/storage.ts';

/** What a repository holds. */
export interface RepositoryTotals {
  imageCount: number;
  /** Of those copies whose size is known. */
  totalSizeBytes: bigint;
}

/** The totals of repositories, in their places: one statement for any number. */
export async function sumReplicas(db: Transaction, ids: readonly string[]): Promise<readonly RepositoryTotals[]> {
  const rows = await db.imageReplica.groupBy({
    by: ['repositoryId'],
    where: { repositoryId: { in: [...ids] } },
    _count: true,
    _sum: { sizeBytes: true },
  });
  const byId = new Map(
    rows.map(({ repositoryId, _count: imageCount, _sum: { sizeBytes } }) => [
      repositoryId,
      { imageCount, totalSizeBytes: sizeBytes ?? 0n },
    ]),
  );
  return ids.map((id) => byId.get(id) ?? { imageCount: 0, totalSizeBytes: 0n });
}
