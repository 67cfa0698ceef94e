import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { DocumentNotResumableError } from './errors.ts';

/** What every stream yields under its one field: where it stands, and whether it is an event or a `StreamReset`. */
export interface StreamPayload {
  readonly __typename: string;
  readonly cursor: string;
}

/**
 * A subscription that can be taken up again: it selects `__typename` and `cursor` of what it yields, and hands its variable `after` on
 * to the field. Any other document does not fit, and the compiler says so.
 */
export type ResumableDocument<TResult, TVariables> = TypedDocumentNode<TResult, TVariables> &
  ([TResult] extends [Readonly<Record<keyof TResult, StreamPayload>>]
    ? 'after' extends keyof TVariables
      ? unknown
      : { error: 'the document has no variable $after' }
    : { error: 'the document does not select __typename and cursor of what it yields' });

/** @throws {DocumentNotResumableError} for what the compiler had no chance to refuse. */
export function readPayload(data: object): StreamPayload {
  const [payload] = Object.values(data) as (Partial<StreamPayload> | null)[];
  if (typeof payload?.cursor !== 'string' || typeof payload.__typename !== 'string') {
    throw new DocumentNotResumableError();
  }
  return { __typename: payload.__typename, cursor: payload.cursor };
}

/** Cursors of the last events, by which a repeated one is known: cursors are opaque, and tell neither before nor after. */
const REMEMBERED = 4096;

/** Remembers which events there were. */
export function createSeen(): { isNew: (cursor: string) => boolean; forget: () => void } {
  const cursors = new Set<string>();
  return {
    isNew(cursor) {
      if (cursors.has(cursor)) return false;
      cursors.add(cursor);
      const [oldest = ''] = cursors;
      if (cursors.size > REMEMBERED) cursors.delete(oldest);
      return true;
    },
    forget: () => cursors.clear(),
  };
}
