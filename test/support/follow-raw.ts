import { connect } from './transports.ts';

/** Follows a document over a socket of its own until something comes; gives all that came, that too. */
export async function followUntil<T>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  isLast: (update: T) => boolean,
): Promise<T[]> {
  const client = connect(url);
  const updates: T[] = [];
  try {
    for await (const { data, errors } of client.iterate<Record<string, T>>({ query, variables })) {
      if (errors !== undefined) throw new Error(`the stream answered ${JSON.stringify(errors)}`);
      const [update] = Object.values(data ?? {});
      if (update === undefined) throw new Error('the stream answered nothing');
      updates.push(update);
      if (isLast(update)) break;
    }
    return updates;
  } finally {
    await client.dispose();
  }
}
