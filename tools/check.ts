// Everything about the code that can be checked without running it: npm run check. All steps run even where one fails.
//
//   --report=<file>   also writes { "passed": …, "failed": … } there
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diffAgainstMigrations } from '#db/migrations.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';

interface Step {
  name: string;
  /** What is wrong, or null when nothing is. */
  findProblem: () => Promise<string | null>;
}

const ROOT = join(import.meta.dirname, '..');
const SDL = 'schema/schema.graphql';

// Generated files first: the later steps read them.
const STEPS: readonly Step[] = [
  { name: 'generated files', findProblem: checkGeneratedFiles },
  { name: 'migrations', findProblem: checkMigrations },
  { name: 'format', findProblem: command(['oxfmt', '--check'], 'Put right by: npm run format') },
  {
    name: 'lint',
    findProblem: command(['oxlint', '--type-aware', '--deny-warnings'], 'Partly put right by: npm run format'),
  },
  // A file that its configuration passes over is a warning to eslint, and no reason to fail.
  { name: 'schema lint', findProblem: command(['eslint', '--max-warnings=0', SDL]) },
  { name: 'types', findProblem: command(['tsc', '--noEmit']) },
  { name: 'browser types', findProblem: command(['tsc', '--noEmit', '--project', 'client']) },
  { name: 'dead code', findProblem: command(['knip', '--no-progress']) },
];

const { values: options } = parseArgs({ options: { report: { type: 'string' } } });
const failed: string[] = [];
for (const { name, findProblem } of STEPS) {
  process.stdout.write(`${name.padEnd(16)} `);
  const startedAt = performance.now();
  const problem = await findProblem().catch((error: unknown) =>
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${problem === null ? 'ok' : 'FAILED'}  ${seconds} s`);
  if (problem === null) continue;
  failed.push(name);
  console.log(`${problem.replace(/^\n+/, '').trimEnd().replaceAll(/^/gm, '  ')}\n`);
}

const passed = STEPS.length - failed.length;
console.log(
  failed.length === 0
    ? `All ${passed} checks passed.`
    : `${failed.length} of ${STEPS.length} checks failed: ${failed.join(', ')}.`,
);
if (options.report !== undefined) writeFileSync(options.report, JSON.stringify({ passed, failed: failed.length }));
process.exitCode = failed.length === 0 ? 0 : 1;

function command(commandLine: readonly string[], hint = ''): Step['findProblem'] {
  return async () => {
    const { code, output } = await run(commandLine);
    return code === 0 ? null : `${output}\n${hint}`;
  };
}

/** The contract in git must be the one the code says; what is only generated must be possible to generate. */
async function checkGeneratedFiles(): Promise<string | null> {
  // Before this command ran, the launcher may have printed the contract anew: so it is git that knows what it was.
  const committed = await run(['git', 'show', `:${SDL}`]);
  const generated = await run(['node', 'tools/run.mjs', '--quiet', '--regenerate', '--prepare-only']);
  if (generated.code !== 0) return generated.output;
  if (committed.code !== 0) return `${SDL} is not in git: ${committed.output}`;
  if (committed.output === readFileSync(join(ROOT, SDL), 'utf8')) return null;
  return `${SDL} was not what the code says, and has been printed again. Read \`git diff ${SDL}\`, then \`git add\` it.`;
}

async function checkMigrations(): Promise<string | null> {
  const scratch = await openEmbeddedDatabase({});
  try {
    const sql = await diffAgainstMigrations(scratch.adapter);
    return sql === ''
      ? null
      : `prisma/schema says more than the migrations do. \`npm run migration -- <name>\` would write:\n${sql}`;
  } finally {
    await scratch.close();
  }
}

function run([program = '', ...programArguments]: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}
