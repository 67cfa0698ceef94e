import type { TestServer } from './start-test-server.ts';

/** The sum of a metric's values that have these labels; 0 where there are none yet. */
export async function readMetric(
  server: TestServer,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(server.url.replace('/graphql', '/metrics'));
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return (await response.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
