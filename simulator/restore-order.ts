const KEYS = ['dsk', 'par', 'cpt', 'ifs', 'idi', 'nci', 'ipr', 'nfn', 'method', 'ids'] as const;

/** The body of RestaurarImagen. */
export type RestoreOrder = Record<(typeof KEYS)[number], string>;

/**
 * Checks the body of RestaurarImagen to the letter: these keys, no other, every value a string.
 *
 * @throws {Error} with what the agent answers.
 */
export function parseRestoreOrder(body: unknown): RestoreOrder {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new Error('The body is not a JSON object');
  }
  const values = new Map<string, unknown>(Object.entries(body));
  const missing = KEYS.filter((key) => !values.has(key));
  if (missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}`);
  const unknown = [...values.keys()].filter((key) => !KEYS.some((known) => known === key));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}`);
  const notText = KEYS.filter((key) => typeof values.get(key) !== 'string');
  if (notText.length > 0) throw new Error(`Not a string: ${notText.join(', ')}`);
  if (values.get('nfn') !== 'RestaurarImagen') throw new Error('nfn is not RestaurarImagen');
  return Object.fromEntries(values) as RestoreOrder;
}
