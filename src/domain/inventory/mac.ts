const NOTATIONS = [
  /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i,
  /^(?:[0-9a-f]{2}-){5}[0-9a-f]{2}$/i,
  /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i,
  /^[0-9a-f]{12}$/i,
];

/** A MAC address in any usual notation as we keep it: upper case, colons. Null for anything else. */
export function parseMac(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > 17 || !NOTATIONS.some((notation) => notation.test(trimmed))) return null;
  const digits = trimmed.replaceAll(/[:.-]/g, '').toUpperCase();
  return digits.match(/../g)?.join(':') ?? null;
}
