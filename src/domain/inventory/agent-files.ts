import type { Transaction } from '#domain/storage.ts';

/** Most files kept of one client: an agent has two lists at a time, and names them again at the next inventory. */
const MAX_FILES = 16;

/** Keeps what an agent uploaded until a report of its own names it; the same name again is the newer one. */
export async function keepAgentFile(
  tx: Transaction,
  clientId: string,
  { name, contents }: { name: string; contents: string },
  now: Date,
): Promise<void> {
  await tx.agentFile.upsert({
    where: { clientId_name: { clientId, name } },
    create: { clientId, name, contents, receivedAt: now },
    update: { contents, receivedAt: now },
  });
  const old = await tx.agentFile.findMany({
    where: { clientId },
    orderBy: [{ receivedAt: 'desc' }, { name: 'asc' }],
    select: { name: true },
    skip: MAX_FILES,
  });
  if (old.length > 0) {
    await tx.agentFile.deleteMany({ where: { clientId, name: { in: old.map((file) => file.name) } } });
  }
}

/** What a client uploaded under a name; null for a name that it never gave. Read, not taken: the report may come a second time. */
export async function readAgentFile(db: Transaction, clientId: string, name: string): Promise<string | null> {
  const file = await db.agentFile.findUnique({
    where: { clientId_name: { clientId, name } },
    select: { contents: true },
  });
  return file?.contents ?? null;
}
