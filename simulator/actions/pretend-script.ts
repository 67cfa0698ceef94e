/** What a pretend script would do. */
export interface ScriptRun {
  output: string;
  exitCode: number;
  durationMs: number;
}

const MS_A_SECOND_OF_SLEEP = 10;

/** Understands `echo`, `sleep` (a hundred times faster) and `exit`, one a line, and passes over every other line. */
export function pretendScript(script: string): ScriptRun {
  const lines: string[] = [];
  let durationMs = 0;
  let exitCode = 0;
  for (const line of script.split(/\r\n|\n|\r/)) {
    const [, command = '', rest = ''] = /^\s*(\S+)(?:\s+(.*?))?\s*$/.exec(line) ?? [];
    if (command === 'echo') lines.push(/^(["'])(.*)\1$/.exec(rest)?.[2] ?? rest);
    if (command === 'sleep') durationMs += (Number.parseFloat(rest) || 0) * MS_A_SECOND_OF_SLEEP;
    if (command === 'exit') {
      exitCode = /^\d{1,3}$/.test(rest) ? Number(rest) % 256 : 0;
      break;
    }
  }
  return { output: lines.map((line) => `${line}\n`).join(''), exitCode, durationMs };
}
