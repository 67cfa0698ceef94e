import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDirectory } from '#db/lock-data-directory.ts';
import type { ImportReport } from '#import/report.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { generateDump } from './generate-dump.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FIXTURE = join(import.meta.dirname, 'fixtures', 'opengnsys-1.1.sql');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oggraph-import-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Result {
  code: number | null;
  out: string;
  err: string;
}

interface Setting {
  env?: Record<string, string>;
  input?: string | Buffer;
}

async function run(args: readonly string[], { env = {}, input = '' }: Setting = {}): Promise<Result> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'tools/import.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', LANG: 'en_US.UTF-8', DATA_DIR: join(folder, 'data'), ...env },
  });
  // A command that has seen enough does not read the rest.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, out, err };
}

const readReport = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as ImportReport;

describe('npm run import', () => {
  it('tries without writing, then moves in, then finds everything there', async () => {
    const [trial, first, second] = ['trial.json', 'first.json', 'second.json'].map((name) => join(folder, name));
    const tried = await run([FIXTURE, '--dry-run', '--report', trial ?? '']);
    expect(tried).toMatchObject({ code: 0 });
    expect(tried.out).toMatch(/^Clients +8 +3 +0 +2 +5$/m);
    expect(tried.out).toContain(
      'ordenadores 3 «pc3-repetido»: The MAC 02:42:C0:A8:02:01 is already that of «pc-profe». [MAC_REPEATED]',
    );
    expect(tried.out).toContain('This was a trial (--dry-run): nothing was written.');
    expect(existsSync(join(folder, 'data'))).toBe(false);

    const brought = await run([FIXTURE, '--report', first ?? '']);
    expect(brought).toMatchObject({ code: 0 });
    expect(brought.out).toMatch(
      /Imported from «ogAdmBD@192\.168\.2\.10»\. Not everything could be taken: \d+ row\(s\)\.\n$/,
    );
    // Each phase is one line where nobody watches.
    expect(brought.err.trim().split('\n')).toHaveLength(3);
    expect(brought.err).not.toContain('\u001B');
    const times = { dryRun: false, startedAt: '', finishedAt: '' };
    expect({ ...readReport(trial ?? ''), ...times }).toEqual({ ...readReport(first ?? ''), ...times });

    expect(await run([FIXTURE, '--report', second ?? '', '--language', 'es'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Ordenadores +8 +0 +3 +0 +5$/m),
    });
    expect(Object.values(readReport(second ?? '').kinds).every(({ created }) => created === 0)).toBe(true);
  });

  it('reads gzip, from a file or from standard input', async () => {
    const packed = gzipSync(generateDump());
    writeFileSync(join(folder, 'dump.sql.gz'), packed);
    const fromFile = await run([join(folder, 'dump.sql.gz'), '--dry-run']);
    expect(fromFile).toMatchObject({ code: 0, out: expect.stringMatching(/^Clients +25 +25 /m) });
    expect(await run(['-', '--dry-run'], { input: packed })).toMatchObject({ code: 0, out: fromFile.out });
    expect(await run(['-', '--dry-run'], { input: generateDump() })).toMatchObject({ code: 0, out: fromFile.out });
  });

  it('shows the first fifty of what was not taken, and where the others are', async () => {
    const dump = generateDump({ clients: 60 }).replaceAll("'020000", "'ZZ0000");
    const { out } = await run(['-', '--dry-run'], { input: dump });
    expect(out.match(/MAC_INVALID/g)).toHaveLength(50);
    expect(out).toContain('… and 10 more: all are in the file of --report.');
  });

  it('leaves a data directory alone that a server has open', async () => {
    const unlock = lockDataDirectory(join(folder, 'data'));
    try {
      const before = readdirSync(join(folder, 'data'));
      expect(await run([FIXTURE])).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringMatching(
          /The data directory .* is in use by another ogGraph process\. Stop that process.*\n$/,
        ),
      });
      expect(readdirSync(join(folder, 'data'))).toEqual(before);
    } finally {
      unlock();
    }
  });

  it.runIf(onServer())('moves into the server that DATABASE_URL names', async () => {
    const database = await openTestDatabase();
    try {
      expect(await run([FIXTURE], { env: { DATABASE_URL: database.url ?? '' } })).toMatchObject({ code: 0 });
      expect(await database.prisma.client.count()).toBe(3);
      expect(existsSync(join(folder, 'data'))).toBe(false);
    } finally {
      await database.close();
    }
  });

  it.each([
    ['is not there', null, /^Cannot read .*: ENOENT/],
    ['is no dump', Buffer.from('Dear Sir,\n'), /It is no dump of a database of OpenGnsys/],
    ['is empty', Buffer.alloc(0), /It is no dump of a database of OpenGnsys/],
    ['was cut', readFileSync(FIXTURE).subarray(0, 9000), /The dump was cut/],
    ['is a gzip that was cut', gzipSync(readFileSync(FIXTURE)).subarray(0, 900), /The gzip file is damaged or was cut/],
    ['is packed by xz', Buffer.from('fd377a585a000000', 'hex'), /The file is compressed as xz/],
    ['was written by PowerShell', Buffer.from('\uFEFF-- MySQL dump', 'utf16le'), /The file is UTF-16/],
  ])('ends with 1 and a sentence where the file %s, and touches nothing', async (_what, bytes, sentence) => {
    const path = join(folder, 'dump.sql');
    if (bytes !== null) writeFileSync(path, bytes);
    const { code, out, err } = await run([path]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trim().split('\n').at(-1)).toMatch(sentence);
    expect(err).not.toMatch(/^ +at /m);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('ends with 1 before it writes anything where the report cannot be written', async () => {
    const { code, err } = await run([FIXTURE, '--report', join(folder, 'none', 'report.json')]);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('ENOENT') });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it.each([
    ['nothing to import', []],
    ['two dumps', ['a.sql', 'b.sql']],
    ['an unknown option', ['a.sql', '--force']],
    ['an unknown language', ['a.sql', '--language', 'fr']],
    ['a name of the source with spaces', ['a.sql', '--source-name', 'the north']],
  ])('ends with 2 and the usage when it is given %s', async (_what, args) => {
    expect(await run(args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('npm run import -- <dump> [options]'),
    });
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--again-deleted'), err: '' });
  });
});
