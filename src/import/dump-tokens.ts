/** A piece of SQL. Texts are bytes, one character each: what they mean is decided when the whole dump has been seen. */
export type DumpToken =
  | { kind: 'word'; text: string }
  | { kind: 'name'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'mark'; text: string }
  | { kind: 'end' };

export interface DumpTokenizer {
  push: (bytes: string) => void;
  /** Says that nothing more comes. */
  finish: () => void;
  /** @returns undefined where the next token is not complete yet. */
  next: () => DumpToken | undefined;
  /** What is left of the current line; undefined where its end has not come yet. */
  takeLine: () => string | undefined;
  setDelimiter: (delimiter: string) => void;
  /** Whether everything that was pushed has been understood to its end. */
  isDone: () => boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001A',
  // These two keep their backslash: MySQL leaves them for LIKE.
  '%': String.raw`\%`,
  _: String.raw`\_`,
};
const WORD = /[-+]?[\w$@.\u0080-\u00FF]+(?:(?<=\d[eE])[-+]\d+)?/y;
const CONDITIONAL = /\/\*M?!(\d*)/y;
const QUOTE_OR_ESCAPE = { "'": /['\\]/g, '"': /["\\]/g, '`': /`/g } as const;
/** MariaDB writes a command for its own client as a comment of a version that no server has. */
const NEVER_EXECUTED = 900_000;

type Quote = keyof typeof QUOTE_OR_ESCAPE;

/**
 * Cuts MySQL's SQL into tokens as it comes, in pieces of any size: a token that a piece ends in the middle of is kept for
 * the next one. What stands in conditional comments counts as SQL, all other comments go to `onComment`.
 */
export function createDumpTokenizer(onComment: (text: string) => void): DumpTokenizer {
  let buffer = '';
  let at = 0;
  let finished = false;
  let delimiter = ';';

  /** Whether the characters up to `length` may still change with what comes next. */
  const isOpen = (length: number) => !finished && at + length >= buffer.length;

  /** @returns false where its end has not come yet. */
  function skipComment(open: number, close: string): boolean {
    const end = buffer.indexOf(close, at + open);
    // The last line may end with the file; what is bracketed may not.
    if (end < 0 && (!finished || close !== '\n')) return false;
    onComment(buffer.slice(at + open, end < 0 ? undefined : end));
    at = end < 0 ? buffer.length : end + close.length;
    return true;
  }

  /** @returns false where it is not known yet what stands here, undefined where it is no comment. */
  function skipIfComment(first: string): boolean | undefined {
    if (first === '#') return skipComment(1, '\n');
    if (first === '-') {
      if (isOpen(2)) return false;
      const third = buffer.charCodeAt(at + 2);
      return buffer[at + 1] === '-' && (third <= 32 || Number.isNaN(third)) ? skipComment(2, '\n') : undefined;
    }
    if (first === '*' || first === '/') {
      if (isOpen(3)) return false;
      if (buffer.startsWith('*/', at)) {
        at += 2;
        return true;
      }
      CONDITIONAL.lastIndex = at;
      const [opening, version = ''] = CONDITIONAL.exec(buffer) ?? [];
      if (opening !== undefined) {
        if (isOpen(opening.length)) return false;
        if (Number(version) >= NEVER_EXECUTED) return skipComment(2, '*/');
        at += opening.length;
        return true;
      }
      return buffer[at + 1] === '*' ? skipComment(2, '*/') : undefined;
    }
    return undefined;
  }

  /** @returns undefined where its end has not come yet. */
  function takeQuoted(quote: Quote): string | undefined {
    const special = QUOTE_OR_ESCAPE[quote];
    let text = '';
    let from = at + 1;
    for (;;) {
      special.lastIndex = from;
      const found = special.exec(buffer)?.index;
      if (found === undefined) return undefined;
      text += buffer.slice(from, found);
      const following = buffer[found + 1];
      if (following === undefined && (!finished || buffer[found] === '\\')) return undefined;
      if (buffer[found] === '\\') text += ESCAPES[following ?? ''] ?? following;
      else if (following === quote) text += quote;
      else {
        at = found + 1;
        return text;
      }
      from = found + 2;
    }
  }

  function next(): DumpToken | undefined {
    for (;;) {
      while (at < buffer.length && buffer.charCodeAt(at) <= 32) at += 1;
      const first = buffer[at];
      if (first === undefined) return undefined;
      if (first === delimiter[0]) {
        if (isOpen(delimiter.length - 1)) return undefined;
        if (buffer.startsWith(delimiter, at)) {
          at += delimiter.length;
          return { kind: 'end' };
        }
      }
      if (first === "'" || first === '"' || first === '`') {
        const text = takeQuoted(first);
        return text === undefined ? undefined : { kind: first === '`' ? 'name' : 'text', text };
      }
      const comment = skipIfComment(first);
      if (comment === false) return undefined;
      if (comment === true) continue;
      WORD.lastIndex = at;
      const word = WORD.exec(buffer)?.[0];
      if (word !== undefined) {
        if (isOpen(word.length)) return undefined;
        at += word.length;
        return { kind: 'word', text: word };
      }
      at += 1;
      return { kind: 'mark', text: first };
    }
  }

  return {
    push(bytes) {
      buffer = buffer.slice(at) + bytes;
      at = 0;
    },
    finish() {
      finished = true;
    },
    next,
    takeLine() {
      const end = buffer.indexOf('\n', at);
      if (end < 0 && !finished) return undefined;
      const line = buffer.slice(at, end < 0 ? undefined : end);
      at = end < 0 ? buffer.length : end;
      return line;
    },
    setDelimiter(text) {
      delimiter = text;
    },
    isDone: () => buffer.slice(at).trim() === '',
  };
}
