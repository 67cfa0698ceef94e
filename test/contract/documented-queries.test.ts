import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '#test/support/ask.ts';
import { deployOne, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'schema.md'), 'utf8');

interface Question {
  title: string;
  query: string;
  variables: Record<string, unknown>;
  answer: unknown;
}

function readQuestions(page: string): Question[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.split('\n')[0] ?? '',
      query: blockOf(section, 'graphql') ?? '',
      variables: JSON.parse(blockOf(section, 'json variables') ?? '{}') as Record<string, unknown>,
      answer: JSON.parse(blockOf(section, 'json answer') ?? 'null'),
    }));
}

function blockOf(section: string, kind: string): string | null {
  return new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'ms').exec(section)?.[1] ?? null;
}

describe('docs/schema.md', () => {
  const questions = readQuestions(PAGE);
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await untilStatus(server, await deployOne(server), 'SUCCEEDED');
  });
  afterAll(() => server.stop());

  it('asks ten questions', () => {
    expect(questions.map(({ title }) => Number.parseInt(title, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each(questions)('$title', async ({ query, variables, answer }) => {
    const { data, errors } = await ask(server.url, query, variables);
    expect(errors).toBeUndefined();
    expect(data).toEqual(answer);
  });
});
