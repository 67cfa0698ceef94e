/** A piece of a dhcpd.conf; `words` are what stands between the previous piece and the mark that ends this one. */
export interface DhcpdPiece {
  /** `open` ends with «{», `statement` with «;», `close` with «}», `broken` in a string that its line does not close. */
  kind: 'open' | 'statement' | 'close' | 'broken' | 'end';
  words: readonly string[];
  /** 1-based, of each word. */
  lines: readonly number[];
  /** How many commas stood between the words. */
  commas: number;
  /** 1-based, of the first word, or of the mark where there is none; of a broken piece, of the string. */
  line: number;
}

/** No statement that matters has more words; a file that is one endless statement is not kept in memory. */
const MAX_WORDS = 24;

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', b: '\b' };

/** An escape is a byte of an unknown encoding: beyond ASCII it is no character, and is said so by U+FFFD. */
function toCharacter(byte: number): string {
  return byte < 0x80 ? String.fromCodePoint(byte) : '\u{FFFD}';
}

/** The string that begins at `start`. Its line must close it: else one forgotten quote would turn the whole file over. */
function readString(text: string, start: number): { value: string; end: number; closed: boolean } {
  const special = /["\\\n]/g;
  const escape = /x([0-9a-f]{1,2})|([0-3]?[0-7]{1,2})|([^\n])/iy;
  let value = '';
  let position = start + 1;
  for (;;) {
    special.lastIndex = position;
    const found = special.exec(text);
    const end = found?.index ?? text.length;
    value += text.slice(position, end);
    if (found?.[0] !== '\\') return { value, end: found?.[0] === '"' ? end + 1 : end, closed: found?.[0] === '"' };
    escape.lastIndex = end + 1;
    const [all = '', hex, octal, other] = escape.exec(text) ?? [];
    if (hex !== undefined) value += toCharacter(Number.parseInt(hex, 16));
    else if (octal !== undefined) value += toCharacter(Number.parseInt(octal, 8));
    else if (other !== undefined) value += ESCAPES[other] ?? other;
    position = end + 1 + all.length;
  }
}

/** Cuts a dhcpd.conf, whole or in part, into pieces. Takes any text, in time linear in its length. Lines end in «\n». */
export function* scanDhcpdConf(text: string): Generator<DhcpdPiece> {
  const word = /[^\s;{},"#]+/y;
  let line = 1;
  let position = 0;
  let words: string[] = [];
  let lines: number[] = [];
  let commas = 0;

  function addWord(value: string): void {
    // The last words tell what a block is, even after a statement that nothing ended.
    if (words.length === MAX_WORDS) {
      words.splice(MAX_WORDS / 2, 1);
      lines.splice(MAX_WORDS / 2, 1);
    }
    words.push(value);
    lines.push(line);
  }
  function take(kind: DhcpdPiece['kind']): DhcpdPiece {
    const piece = { kind, words, lines, commas, line: kind === 'broken' ? line : (lines[0] ?? line) };
    words = [];
    lines = [];
    commas = 0;
    return piece;
  }

  while (position < text.length) {
    const character = text.charAt(position);
    if (character === '#') {
      const end = text.indexOf('\n', position);
      position = end === -1 ? text.length : end;
    } else if (character === '"') {
      const { value, end, closed } = readString(text, position);
      addWord(value);
      position = end;
      if (!closed) yield take('broken');
    } else {
      word.lastIndex = position;
      const [found] = word.exec(text) ?? [];
      if (found !== undefined) addWord(found);
      else if (character === '\n') line += 1;
      else if (character === ',') commas += 1;
      else if (character === '{') yield take('open');
      else if (character === '}') yield take('close');
      else if (character === ';' && words.length > 0) yield take('statement');
      position += found?.length ?? 1;
    }
  }
  yield take('end');
}
