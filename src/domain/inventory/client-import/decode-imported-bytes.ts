/**
 * The text of an uploaded file: UTF-16 when it says so by its byte order mark, else UTF-8 when it is valid, else
 * windows-1252, which Spanish spreadsheets write. Any bytes can be read so. The byte order mark is dropped.
 */
export function decodeImportedBytes(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
