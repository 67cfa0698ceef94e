import type { Storage } from '#domain/storage.ts';

/** How long a report is kept once it was applied: whoever says it again by then is told that it is known. */
const KEPT_MS = 30 * 86_400_000;
const BATCH = 5000;

/** Forgets what agents said of jobs long ago, in small steps: what it came to stands in the traces. */
export async function forgetReports(db: Storage, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  for (;;) {
    const count = await db.$executeRaw`
      DELETE FROM agent_reports WHERE id IN (
        SELECT id FROM agent_reports WHERE received_at < ${before} AND state <> 'KEPT' ORDER BY received_at LIMIT ${BATCH})`;
    if (count < BATCH) return;
  }
}
