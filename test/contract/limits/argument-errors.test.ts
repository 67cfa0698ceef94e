// Every error has a code, also those that only the execution finds, and each transport says the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { TRANSPORTS } from '#test/support/transports.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

describe('what is wrong with a value', () => {
  it.each<[string, string, Record<string, unknown>?]>([
    ['a variable that is missing', 'query($id: ID!) { room(id: $id) { name } }'],
    ['a variable that is null', 'query($id: ID!) { room(id: $id) { name } }', { id: null }],
    ['a variable of another type', 'query($n: Int) { clients(first: $n) { totalCount } }', { n: 'x' }],
    ['half a number', 'query($n: Int) { clients(first: $n) { totalCount } }', { n: 1.5 }],
    [
      'a field that no input has',
      'query($f: ClientFilter) { clients(filter: $f) { totalCount } }',
      { f: { nme: 'x' } },
    ],
    ['null in place of a default', 'query($f: Boolean = true) { __typename @include(if: $f) }', { f: null }],
    [
      'null inside of an argument',
      'query($o: ClientOrderField = NAME) { clients(orderBy: { field: $o }) { totalCount } }',
      { o: null },
    ],
    ['a page from both ends', '{ clients(first: 1, last: 1) { nodes { id } } }'],
    ['a page of less than nothing', '{ rooms { nodes { clients(first: -1) { nodes { id } } } } }'],
  ])('has the code INVALID_ARGUMENT over each transport: %s', async (_name, query, variables = {}) => {
    for (const [transport, send] of Object.entries(TRANSPORTS)) {
      expect(codesOf(await send(server.url, query, variables)), transport).toEqual(['INVALID_ARGUMENT']);
    }
  });
});
