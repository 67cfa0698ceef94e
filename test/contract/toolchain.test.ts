// Every guard of the toolchain is broken once here to see it refuse: the linter over a planted copy, the launcher for real.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

const OURS = [
  '#agent',
  '#agent/connect-to.ts',
  '#agent/dialect.ts',
  '#client',
  '#db',
  '#db/database.ts',
  '#demo',
  '#domain',
  '#domain/storage.ts',
  '#events',
  '#http',
  '#import',
  '#lib',
  '#not-thought-of-yet',
  '#prisma',
  '#prisma/generated',
  '#queue',
  '#repository',
  '#schema',
  '#simulator',
  '#test',
  '#webhook',
];
const LIBRARIES = [
  '@electric-sql/pglite',
  '@pothos/core',
  '@prisma/adapter-pg',
  'graphql',
  'graphql-ws/use/ws',
  'graphql-yoga',
  'node:http',
  'node:https',
  'pg',
  'pg-boss',
  'pglite-prisma-adapter',
  'undici',
  'ws',
];
const EVERYTHING = [...OURS, ...LIBRARIES].join(' ');

/** What each place may import of the above, by value. Everything else must be refused there. */
const MAY_IMPORT = Object.entries({
  'src/lib/x.ts': '',
  'src/domain/x.ts': '#domain #domain/storage.ts #lib #prisma/generated',
  'src/agent/x.ts':
    '#agent #agent/connect-to.ts #agent/dialect.ts #domain #domain/storage.ts #lib node:http node:https undici',
  'src/repository/x.ts': '#agent/connect-to.ts #domain #domain/storage.ts #lib #repository node:http node:https undici',
  'src/db/x.ts':
    '#db #db/database.ts #lib #prisma #prisma/generated @electric-sql/pglite @prisma/adapter-pg pg pg-boss pglite-prisma-adapter',
  'src/events/x.ts': '#domain #domain/storage.ts #events #lib',
  'src/queue/x.ts': '#db #db/database.ts #domain #domain/storage.ts #lib #queue pg-boss',
  'src/import/x.ts': '#domain #domain/storage.ts #import #lib #prisma/generated',
  'src/webhook/x.ts': '#agent/dialect.ts #domain #domain/storage.ts #lib #prisma #prisma/generated #webhook',
  'src/http/x.ts':
    '#domain #domain/storage.ts #http #lib #schema #webhook graphql graphql-ws/use/ws graphql-yoga node:http node:https ws',
  'src/config.ts': '#agent/connect-to.ts #agent/dialect.ts #lib',
  'schema/x.ts': '#domain #domain/storage.ts #lib #prisma #prisma/generated #schema @pothos/core graphql',
  'simulator/x.ts': '#simulator node:http node:https undici',
  'client/x.ts': '#client graphql',
  'src/app.ts': EVERYTHING,
  'src/main.ts': EVERYTHING,
  'demo/x.ts': EVERYTHING,
  'tools/x.ts': EVERYTHING,
  'test/x.ts': EVERYTHING,
});

const ASYNC = 'async function save(): Promise<void> {}';

/** What must be refused: where, by which rule, what. */
const VIOLATIONS: readonly [path: string, rule: string, source: string][] = [
  ['src/domain/dynamic.ts', 'eslint(no-restricted-imports)', `export const load = () => import('#http/x.ts');`],
  ['src/domain/re-export.ts', 'eslint(no-restricted-imports)', `export * from '#http/x.ts';`],
  ['src/domain/type-import.ts', 'eslint(no-restricted-imports)', `export type { X } from '#http/x.ts';`],
  ['src/domain/type-query.ts', 'typescript(consistent-type-imports)', `export type X = import('#http/x.ts').X;`],
  ['src/domain/imaging/upwards.ts', 'eslint(no-restricted-imports)', `export { x } from '../x.ts';`],
  ['test/api/upwards.ts', 'eslint(no-restricted-imports)', `export { x } from './../support/x.ts';`],
  ['src/config.ts', 'eslint(no-restricted-imports)', `export { x } from './db/x.ts';`],
  ['src/lib/process.ts', 'eslint(no-restricted-imports)', `export { env } from 'node:process';`],
  ['src/lib/cycle-a.ts', 'import(no-cycle)', `import type { B } from './cycle-b.ts';\nexport type A = B[];`],
  ['src/lib/cycle-b.ts', 'import(no-cycle)', `import type { A } from '#lib/cycle-a.ts';\nexport type B = A[];`],
  ['src/lib/floating.ts', 'typescript(no-floating-promises)', `${ASYNC}\nexport function f(): void {\n  save();\n}`],
  ['src/lib/misused.ts', 'typescript(no-misused-promises)', `${ASYNC}\nif (save()) throw new Error('never');`],
  [
    'src/lib/case.ts',
    'typescript(switch-exhaustiveness-check)',
    `export const f = (x: 'a' | 'b') => { switch (x) { case 'a': } };`,
  ],
  ['src/lib/any.ts', 'typescript(no-explicit-any)', `export type X = any;`],
  ['src/lib/unsafe.ts', 'typescript(no-unsafe-assignment)', `export const x: string = JSON.parse('1');`],
  ['src/lib/setting.ts', 'node(no-process-env)', `export const x = process.env['HOST'];`],
  ['demo/setting.ts', 'node(no-process-env)', `export const x = process.env['HOST'];`],
  ['src/lib/exit.ts', 'unicorn(no-process-exit)', `process.exit(1);`],
  ['src/lib/print.ts', 'eslint(no-console)', `console.log('x');`],
  ['src/lib/NotKebab.ts', 'unicorn(filename-case)', `export const x = 1;`],
];

/** What must pass. */
const CLEAN: readonly [path: string, source: string][] = [
  ['src/events/type.ts', `export type { X } from '#db/database.ts';`],
  ['src/db/type.ts', `export type { X } from '#domain/storage.ts';`],
  ['src/domain/beside.ts', `export { x } from './imaging/x.ts';`],
  ['src/lib/awaited.ts', `${ASYNC}\nexport async function f(): Promise<void> {\n  await save();\n}`],
  ['simulator/main.ts', `console.log('x');\nprocess.exit(0);`],
  ['tools/setting.ts', `console.log(process.env['HOST']);\nprocess.exit(0);`],
];

interface LockedPackage {
  resolved?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Finding {
  path: string;
  line: number;
  rule: string;
}

describe('the linter', () => {
  let edges: readonly Finding[] = [];
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    const specifiers = [...OURS.map((name) => (name.endsWith('.ts') ? name : `${name}/x.ts`)), ...LIBRARIES];
    const imports = specifiers.map((specifier, index) => `import { x as x${index} } from '${specifier}';`);
    edges = await lint(MAY_IMPORT.map(([path]) => [path, imports.join('\n')]));
    findings = await lint([...VIOLATIONS.map(([path, , source]) => [path, source] as const), ...CLEAN]);
  });

  it.each(MAY_IMPORT)('lets %s import only: %s', (path, expected) => {
    const refused = edges.filter(
      (finding) => finding.path === path && finding.rule === 'eslint(no-restricted-imports)',
    );
    const lines = new Set(refused.map(({ line }) => line));
    expect([...OURS, ...LIBRARIES].filter((_name, index) => !lines.has(index + 1)).join(' ')).toBe(expected);
  });

  it.each(VIOLATIONS)('refuses %s by %s', (path, rule) => {
    expect(findings.filter((finding) => finding.path === path).map((finding) => finding.rule)).toContain(rule);
  });

  it.each(CLEAN)('lets %s pass', (path) => {
    expect(findings.filter((finding) => finding.path === path)).toEqual([]);
  });
});

describe('what the linter has no rule for', () => {
  const WRITES = /\.\w+\s*\.(create|update|upsert|delete)(Many|ManyAndReturn)?\s*\(|\$(executeRaw|transaction)/;

  it.each([
    'db.client.update({})',
    'tx.trace\n  .createMany ({})',
    'databaseOf(context).image.delete({})',
    'db.$executeRaw`DELETE`',
  ])('would see the write in %j', (source) => {
    expect(source).toMatch(WRITES);
  });

  it('finds no write in schema/: that belongs to the domain', () => {
    const paths = readdirSync(join(ROOT, 'schema'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    expect(paths).toContain('builder.ts');
    expect(paths.filter((path) => WRITES.test(readFileSync(join(ROOT, 'schema', path), 'utf8')))).toEqual([]);
  });
});

describe('the lockfile', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };

  /** Where a package would find another: beside its own dependencies, or further up. */
  function isLocked(from: string, name: string): boolean {
    const folder = from === '' ? '' : `${from}/`;
    if (`${folder}node_modules/${name}` in packages) return true;
    return from !== '' && isLocked(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
  }

  it('has every dependency, on other platforms too: npm refuses to install from less', () => {
    const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isLocked(path, name))
        .map((name) => `${name} for ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no host, and has a checksum for each package', () => {
    const installed = Object.entries(packages).filter(([path]) => path !== '');
    expect(
      installed.filter(([, { resolved, integrity }]) => resolved !== undefined || integrity === undefined),
    ).toEqual([]);
  });
});

describe('the launcher', () => {
  const launch = (script: string) =>
    spawn('node', ['tools/run.mjs', '--quiet', 'node', '-e', script], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('ends with the code of its command', async () => {
    expect(await once(launch('process.exit(7)'), 'exit')).toEqual([7, null]);
  });

  it('runs it on Node 24 or newer', async () => {
    expect(
      await once(launch('process.exit(Number(process.versions.node.split(".")[0]) < 24 ? 1 : 0)'), 'exit'),
    ).toEqual([0, null]);
  });

  it.each(['SIGTERM', 'SIGKILL'])('ends by %s where that ended its command', async (signal) => {
    expect(await once(launch(`process.kill(process.pid, "${signal}")`), 'exit')).toEqual([null, signal]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('passes %s on and waits for the end', async (signal) => {
    const launcher = launch(`
      process.on("${signal}", () => setTimeout(() => process.exit(5), 200));
      setInterval(() => {}, 1000);
      console.log("ready");
    `);
    await once(launcher.stdout, 'data');
    launcher.kill(signal);
    expect(await once(launcher, 'exit')).toEqual([5, null]);
  });

  it('says what it wants when it is given nothing', async () => {
    const launcher = spawn('node', ['tools/run.mjs'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    const [[code], [text]] = await Promise.all([
      once(launcher, 'exit'),
      once(launcher.stderr.setEncoding('utf8'), 'data'),
    ]);
    expect(code).toBe(1);
    expect(text).toContain('Usage: node tools/run.mjs');
  });
});

/** Lints files as if they were in this tree, without letting anybody else who lints see them. */
async function lint(files: readonly (readonly [path: string, source: string])[]): Promise<readonly Finding[]> {
  const copy = mkdtempSync(join(tmpdir(), 'oggraph-lint-'));
  try {
    for (const name of ['oxlint.config.ts', 'package.json', 'tsconfig.json']) {
      copyFileSync(join(ROOT, name), join(copy, name));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    for (const [path, source] of files) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), `${source}\n`);
    }
    const folders = new Set(files.map(([path]) => path.split('/')[0] ?? path));
    const linter = spawn('node', [join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint'), '--format=json', ...folders], {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const report = JSON.parse(await readAll(linter.stdout)) as {
      diagnostics: { filename: string; code?: string; message: string; labels: { span: { line: number } }[] }[];
    };
    return report.diagnostics.map(({ filename, code, message, labels }) => ({
      path: filename.replaceAll('\\', '/'),
      line: labels[0]?.span.line ?? 0,
      rule: code ?? message,
    }));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
