const NOTATIONS = [
  // Some tools leave leading zeros out: 8:0:27:b:88:be.
  /^(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i,
  /^(?:[0-9a-f]{1,2}-){5}[0-9a-f]{1,2}$/i,
  /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i,
  /^[0-9a-f]{12}$/i,
];

/** A MAC address in any usual notation as we keep it: upper case, colons. Null for anything else. */
export function parseMac(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > 17 || !NOTATIONS.some((notation) => notation.test(trimmed))) return null;
  const digits = trimmed
    .replaceAll(/(?<=^|[:-])[0-9a-f](?=[:-]|$)/gi, '0$&')
    .replaceAll(/[:.-]/g, '')
    .toUpperCase();
  return digits.match(/../g)?.join(':') ?? null;
}
