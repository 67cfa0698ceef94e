/** Where the JSON string that begins at `start` ends: after its closing quote, or before the end of its line. */
function findStringEnd(text: string, start: number): number {
  const special = /["\\\n]/g;
  special.lastIndex = start + 1;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '"') return found.index + 1;
    if (found[0] === '\n') return found.index;
    // What a backslash escapes closes nothing; a line end always does.
    if (text[found.index + 1] !== '\n') special.lastIndex = found.index + 2;
  }
  return text.length;
}

function findEnd(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end === -1 ? text.length : end;
}

/**
 * Kea's JSON with its `#` comments replaced by as many spaces, so that whoever knows the other two kinds of comment can
 * read it and every position stays the same. Lines end in «\n».
 */
export function blankHashComments(text: string): string {
  const beginning = /["#]|\/[/*]/g;
  const parts: string[] = [];
  let copied = 0;
  for (let found = beginning.exec(text); found !== null; found = beginning.exec(text)) {
    const { index } = found;
    if (found[0] === '"') beginning.lastIndex = findStringEnd(text, index);
    else if (found[0] === '/*') beginning.lastIndex = findEnd(text, '*/', index + 2) + 2;
    else {
      const end = findEnd(text, '\n', index);
      beginning.lastIndex = end;
      if (found[0] === '#') {
        parts.push(text.slice(copied, index), ' '.repeat(end - index));
        copied = end;
      }
    }
    // Past the end, the search would begin again at the beginning.
    if (beginning.lastIndex >= text.length) break;
  }
  return copied === 0 ? text : parts.join('') + text.slice(copied);
}

/** The first character that is neither space nor inside a comment; empty where there is none. */
export function findFirstCharacter(text: string): string {
  const token = /[^\s/#]|#|\/[/*]?/g;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '/*') token.lastIndex = findEnd(text, '*/', found.index + 2) + 2;
    else if (found[0] === '#' || found[0] === '//') token.lastIndex = findEnd(text, '\n', found.index);
    else return found[0];
    if (token.lastIndex >= text.length) break;
  }
  return '';
}
