import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import type { ResumableDocument } from '#client/resumable.ts';
import type { Stream } from '#client/resume-stream.ts';
import { printDocument } from './print-document.ts';

type Variables = Record<string, unknown>;

/** A plain client of the public API, as any program could be, that shows what it sends. */
export interface GraphqlClient {
  request<TResult, TVariables extends Variables>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ): Promise<TResult>;
  /** Resolves once whatever happens is in the stream. */
  follow<TResult extends object, TVariables extends Variables>(
    document: ResumableDocument<TResult, TVariables>,
    variables: Omit<TVariables, 'after'>,
  ): Promise<Stream<TResult>>;
  close(): void;
}

/** @param onDocument sees each document just as it could be pasted elsewhere. */
export function createGraphqlClient(url: string, onDocument: (text: string) => void): GraphqlClient {
  const client = createOgGraphClient({ url, headers: { 'accept-language': 'es' } });
  return {
    request(document, variables) {
      onDocument(printDocument(document, variables));
      return client.request(document, variables);
    },
    async follow(document, variables) {
      onDocument(printDocument(document, variables));
      const updates = client.subscribe(document, variables);
      await updates.started;
      return updates;
    },
    close: () => client.close(),
  };
}
