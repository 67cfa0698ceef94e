import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { printDocument } from './print-document.ts';

export type Variables = Record<string, unknown>;

/** A plain client of the public API, as any program could be: HTTP for requests, a WebSocket for what is followed. */
export interface GraphqlClient {
  request<TResult, TVariables extends Variables>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ): Promise<TResult>;
  /** Resolves once the server has acknowledged the socket and the subscription was sent on it. */
  follow<TResult, TVariables extends Variables>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ): Promise<AsyncGenerator<TResult, undefined>>;
  close(): Promise<void>;
}

/** @param onDocument sees each document just as it is sent. */
export function createGraphqlClient(url: string, onDocument: (text: string) => void): GraphqlClient {
  const sockets = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    lazy: false,
    connectionParams: { 'accept-language': 'es' },
  });
  const connected = new Promise<void>((resolve) => {
    sockets.on('connected', () => resolve());
  });
  return {
    async request<TResult, TVariables extends Variables>(
      document: TypedDocumentNode<TResult, TVariables>,
      variables: TVariables,
    ) {
      const query = printDocument(document, variables);
      onDocument(query);
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          'accept-language': 'es',
        },
        body: JSON.stringify({ query }),
      });
      const { data, errors } = (await response.json()) as { data?: TResult; errors?: readonly { message: string }[] };
      if (errors !== undefined || data === undefined) {
        throw new Error(`the server answered: ${errors?.map(({ message }) => message).join('; ') ?? response.status}`);
      }
      return data;
    },
    async follow<TResult, TVariables extends Variables>(
      document: TypedDocumentNode<TResult, TVariables>,
      variables: TVariables,
    ) {
      const query = printDocument(document, variables);
      onDocument(query);
      await connected;
      return unwrap(sockets.iterate<TResult>({ query }) as AsyncIterable<ExecutionResult<TResult>>);
    },
    async close() {
      await sockets.dispose();
    },
  };
}

async function* unwrap<TResult>(results: AsyncIterable<ExecutionResult<TResult>>): AsyncGenerator<TResult, undefined> {
  for await (const { data, errors } of results) {
    if (errors !== undefined || data === null || data === undefined) {
      throw new Error(`the stream answered: ${errors?.map(({ message }) => message).join('; ') ?? 'nothing'}`);
    }
    yield data;
  }
}
