import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { TestServer } from './start-test-server.ts';

const HOUR_MS = 3_600_000;

/**
 * Has machines start ogLive as ones that were switched off and on again, an hour after all that they did before: what they had in hand died
 * with them. A start right after another one would be taken for the same.
 */
export async function bootAnew(server: TestServer, ...ips: readonly string[]): Promise<void> {
  const { client, trace } = server.app.database.prisma;
  const earlier = new Date(Date.now() - HOUR_MS);
  const inHand = { client: { ip: { in: [...ips] } }, status: { in: [...SENT_STATUSES] } };
  await trace.updateMany({ where: inHand, data: { sentAt: earlier } });
  await client.updateMany({ where: { ip: { in: [...ips] } }, data: { runningSince: earlier } });
  await Promise.all(ips.map((ip) => server.room.agent(ip).bootOgLive()));
}
