// Puts right what a program can: npm run format.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// The linter's own corrections (braces around what the formatter has moved to a line of its own) want formatting again.
const COMMANDS = [['oxfmt'], ['oxlint', '--fix', '--silent'], ['oxfmt']] as const;

for (const [program, ...programArguments] of COMMANDS) {
  spawnSync(program, programArguments, { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
}
console.log('Formatted. What is left for you to decide is in `npm run check`.');
