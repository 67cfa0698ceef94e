import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { nameOfDocument } from '#lib/persisted-documents.ts';
import type { PersistedDocuments } from '#lib/persisted-documents.ts';
import type { OverLimit } from './over-limit.ts';

/** What a request may say of its document: its text, or the name it is known by. */
export interface DocumentParams {
  query?: string | null | undefined;
  /** As the GraphQL over HTTP specification has it: `sha256:…`. */
  documentId?: unknown;
  /** As Apollo's clients have it: `persistedQuery.sha256Hash`. */
  extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** @returns the document's text, or why there is none; null where nothing at all was said. */
export type FindDocument = (params: DocumentParams) => string | GraphQLError | null;

/** One way to find the document of a request, for every transport. */
export function createFindDocument(documents: PersistedDocuments, isOnly: boolean): FindDocument {
  return (params) => {
    if (params.query) {
      // Many clients send the text all the same: what counts is whether it is a known one.
      return isOnly && !documents.has(nameOfDocument(params.query)) ? refuse() : params.query;
    }
    const name = nameIn(params);
    if (name === null) return null;
    return documents.get(name) ?? notFound();
  };
}

/** Puts the text of a persisted document where its name was, for requests over HTTP; sockets ask `find` themselves. */
export function createPersistedDocuments(find: FindDocument, onOverLimit: (limit: OverLimit) => void): Plugin {
  return {
    onParams({ params, setParams }) {
      const found = find(params as DocumentParams);
      if (found === null || found === params.query) return;
      if (typeof found === 'string') {
        const next = { ...params, query: found };
        // Yoga does not know it, and takes nothing that it does not know.
        Reflect.deleteProperty(next, 'documentId');
        setParams(next);
      } else {
        onOverLimit('unregistered');
        throw found;
      }
    },
  };
}

function nameIn({ documentId, extensions }: DocumentParams): string | null {
  const persisted = extensions?.['persistedQuery'] as { sha256Hash?: unknown } | null | undefined;
  const name = documentId ?? persisted?.sha256Hash;
  return typeof name === 'string' ? name.replace(/^sha256:/, '').toLowerCase() : null;
}

function refuse(): GraphQLError {
  return new GraphQLError('Only documents that were registered with this server are answered.', {
    extensions: { code: 'PERSISTED_DOCUMENT_ONLY' },
  });
}

/** In the words by which Apollo's clients know that they have to send the text. */
function notFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
}
