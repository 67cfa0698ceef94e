import { createHash } from 'node:crypto';

/** GraphQL documents by the SHA-256 of their text, in lower-case hexadecimal. */
export type PersistedDocuments = ReadonlyMap<string, string>;

/** The name under which a document is known. */
export function nameOfDocument(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads a JSON object of documents by their sums, as `npm run generate` and other tools write it; `sha256:` before a sum is no part of it.
 *
 * @throws {Error} where it is none, or a sum is not that of its document.
 */
export function parsePersistedDocuments(json: string): PersistedDocuments {
  const given = JSON.parse(json) as unknown;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error('not an object');
  const documents = new Map<string, string>();
  for (const [key, text] of Object.entries(given)) {
    const name = key.replace(/^sha256:/, '').toLowerCase();
    if (typeof text !== 'string' || nameOfDocument(text) !== name) throw new Error('not the sum of its document');
    documents.set(name, text);
  }
  return documents;
}
