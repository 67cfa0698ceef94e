/** MySQL's names of character sets whose text can be told from the bytes. */
const MYSQL_CHARSETS: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  utf8mb3: 'utf-8',
  utf8mb4: 'utf-8',
  // What MySQL calls Latin-1 is the one of Windows.
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin5: 'iso-8859-9',
  cp1250: 'windows-1250',
};

/** Watches a stream of bytes for what cannot be UTF-8. */
export function createUtf8Watch(): { push: (bytes: Uint8Array) => void; isUtf8: () => boolean } {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let valid = true;
  const decode = (bytes: Uint8Array, stream: boolean) => {
    if (!valid) return;
    try {
      decoder.decode(bytes, { stream });
    } catch {
      valid = false;
    }
  };
  return {
    push: (bytes) => decode(bytes, true),
    isUtf8() {
      decode(new Uint8Array(), false);
      return valid;
    },
  };
}

/**
 * The function that turns bytes, one character each, into text.
 *
 * A file that is UTF-8 from end to end is read as that, whatever it says of itself: text that is not does not look like it by
 * chance, and servers that were set up for Latin-1 hand out the UTF-8 that was once put into them. Otherwise the character set
 * that the dump names counts, and Windows' Latin-1 where it names none. A dump that calls itself UTF-8 and is not everywhere
 * is decided text by text.
 */
export function createTextDecoder(isUtf8: boolean, charset: string | null): (bytes: string) => string {
  const encoding = isUtf8 ? 'utf-8' : (MYSQL_CHARSETS[charset?.toLowerCase() ?? ''] ?? 'windows-1252');
  const strict = new TextDecoder(encoding, { fatal: true });
  const lenient = new TextDecoder('windows-1252');
  return (bytes) => {
    // oxlint-disable-next-line no-control-regex -- ASCII is the same in all of them.
    if (/^[\u0000-\u007F]*$/.test(bytes)) return bytes;
    const buffer = Buffer.from(bytes, 'latin1');
    try {
      return strict.decode(buffer);
    } catch {
      return lenient.decode(buffer);
    }
  };
}
