import { readMetrics } from './read-metrics.ts';
import type { TestServer } from './start-test-server.ts';

/** The sum of a metric's values that have these labels; 0 where there are none yet. */
export async function readMetric(
  server: TestServer,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return [...(await readMetrics(server.url))]
    .filter(([line]) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, [, value]) => sum + value, 0);
}
