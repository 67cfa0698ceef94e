/** The start of a MAC address in any usual notation, as it stands at the start of those we keep. Null for what starts none. */
export function parseMacPrefix(text: string): string | null {
  const digits = text.trim().replaceAll(/[:.-]/g, '').toUpperCase();
  const isPunctuation = digits === '' && text.trim() !== '';
  if (digits.length > 12 || isPunctuation || !/^[0-9A-F]*$/.test(digits)) return null;
  return digits.replaceAll(/..(?=.)/g, '$&:');
}
