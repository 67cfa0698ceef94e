import { ask } from './ask.ts';
import type { TestServer } from './start-test-server.ts';

export interface Letter {
  id: string;
  reason: string;
  detail: string;
  route: string;
  sender: string;
  client: { name: string } | null;
  jobId: string | null;
  body: string;
  copies: number;
}

/** The dead letters that a filter asks for, the latest first. */
export async function readLetters({ url }: TestServer, filter: object | null = null): Promise<Letter[]> {
  const { data, errors, text } = await ask(
    url,
    `query($filter: DeadLetterFilter) { deadLetters(filter: $filter) { nodes {
      id reason detail route sender client { name } jobId body copies firstReceivedAt lastReceivedAt sizeBytes } } }`,
    { filter },
  );
  if (errors !== undefined || !data) throw new Error(text);
  return (data['deadLetters'] as { nodes: Letter[] }).nodes;
}

/** How many reports came to nothing, by reason. */
export async function readCounts({ url }: TestServer): Promise<Record<string, number>> {
  const { data, text } = await ask(url, '{ deadLetterCounts { reason count } }');
  if (!data) throw new Error(text);
  const counts = data['deadLetterCounts'] as { reason: string; count: number }[];
  return Object.fromEntries(counts.map(({ reason, count }) => [reason, count]));
}
