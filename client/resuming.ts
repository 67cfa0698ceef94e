import type { Client } from 'graphql-ws/client';

/**
 * For programs that have a client of GraphQL already: has the graphql-ws client that Apollo, urql or Relay is given go on after the last
 * cursor whenever it reconnects, instead of asking again what it has asked at first.
 *
 * It is for documents that select `cursor` of what they subscribe to and hand a variable `$after` on to it. Begin with the cursor of a list
 * or of a payload: what happens before a first event would be lost with a connection that is lost then.
 */
export function resuming<T extends Pick<Client, 'subscribe'>>(client: T): T {
  const subscribe: Client['subscribe'] = (payload, sink) => {
    let after = payload.variables?.['after'];
    const variables = {
      ...payload.variables,
      // Read anew each time that it is sent.
      get after() {
        return after;
      },
    };
    return client.subscribe(
      { ...payload, variables },
      {
        ...sink,
        next(result) {
          const [update] = Object.values(result.data ?? {}) as ({ cursor?: unknown } | null)[];
          if (typeof update?.cursor === 'string') after = update.cursor;
          sink.next(result as never);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      },
    );
  };
  return { ...client, subscribe };
}
