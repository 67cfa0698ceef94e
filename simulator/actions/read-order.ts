/** The body of an order, every value a string. `nfn` and `ids` are part of all of them. */
export type Order<Key extends string, Optional extends string = never> = Record<Key | 'nfn' | 'ids', string> &
  Partial<Record<Optional, string>>;

/**
 * Checks the body of an order to the letter: these keys, no other, every value a string.
 *
 * @throws {Error} with what the agent answers.
 */
export function readOrder<Key extends string, Optional extends string = never>(
  body: unknown,
  nfn: string,
  keys: readonly Key[],
  optional: readonly Optional[] = [],
): Order<Key, Optional> {
  const values = new Map(Object.entries(readObject(body)));
  const needed: readonly string[] = [...keys, 'nfn', 'ids'];
  const known = new Set<string>([...needed, ...optional]);
  const missing = needed.filter((key) => !values.has(key));
  if (missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}`);
  const unknown = [...values.keys()].filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}`);
  const notText = [...values].filter(([, value]) => typeof value !== 'string').map(([key]) => key);
  if (notText.length > 0) throw new Error(`Not a string: ${notText.join(', ')}`);
  if (values.get('nfn') !== nfn) throw new Error(`nfn is not ${nfn}`);
  return Object.fromEntries(values) as Order<Key, Optional>;
}

/** @throws {Error} with what the agent answers. */
export function readObject(body: unknown): Record<string, unknown> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new Error('The body is not a JSON object');
  }
  return body as Record<string, unknown>;
}
