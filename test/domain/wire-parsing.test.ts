import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '#config.ts';
import { parseMac } from '#domain/inventory/mac.ts';
import { isCachePartition, normalizePartitionCode } from '#domain/inventory/partition-code.ts';
import { formatCursor, parseCursor } from '#domain/tracing/cursor.ts';
import { parseAcceptLanguage } from '#lib/locale.ts';
import { PartitionTable } from '#prisma/generated/client/enums.ts';
import type { SimulatedDisk } from '#simulator/simulated-machine.ts';
import { toCompactLayout } from '#simulator/to-compact-layout.ts';
import { UnreadableReportError, parseAgentBody, readClientHints, textOf } from '#webhook/agent-body.ts';
import { parseDiskLayout } from '#webhook/parse-disk-layout.ts';
import { parseJobReport } from '#webhook/parse-job-report.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const KB = 1024n;

describe('a disk layout', () => {
  const COMPACT =
    'SER-1;1:0:1:::52428800:0;1:1:7:NTFS::15728640:1;1:2:83:EXT4:Ubuntu 24.04 LTS:26214400:31;1:4:ca:CACHE::9437184:1;';
  const LINES = [
    'ser=SER-1',
    'disk=1\tpar=0\tcpt=1\tsfi=\tsoi=\ttam=52428800\tuso=0',
    'disk=1\tpar=1\tcpt=7\tsfi=NTFS\tsoi=\ttam=15728640\tuso=1',
    'disk=1\tpar=2\tcpt=83\tsfi=EXT4\tsoi=Ubuntu 24.04 LTS\ttam=26214400\tuso=31',
    'disk=1\tpar=4\tcpt=ca\tsfi=CACHE\tsoi=\ttam=9437184\tuso=1',
  ];
  const ROWS = [
    { ser: 'SER-1' },
    { disk: '1', par: '0', cpt: '1', sfi: '', soi: '', tam: '52428800', uso: '0' },
    { disk: '1', par: '1', cpt: '7', sfi: 'NTFS', soi: '', tam: '15728640', uso: '1' },
    { disk: 1, par: 2, cpt: '83', sfi: 'EXT4', soi: 'Ubuntu 24.04 LTS', tam: 26_214_400, uso: 31 },
    { dsk: '1', par: '4', cpt: 'ca', sfi: 'CACHE', soi: '', tam: '9437184', uso: '1' },
  ];
  const WALKTHROUGH = {
    serialNumber: 'SER-1',
    disks: [
      {
        number: 1,
        sizeBytes: 52_428_800n * KB,
        partitionTable: 'MSDOS',
        partitions: [
          {
            number: 1,
            code: '7',
            fileSystem: 'NTFS',
            operatingSystem: null,
            sizeBytes: 15_728_640n * KB,
            usedPercent: 1,
          },
          {
            number: 2,
            code: '83',
            fileSystem: 'EXT4',
            operatingSystem: 'Ubuntu 24.04 LTS',
            sizeBytes: 26_214_400n * KB,
            usedPercent: 31,
          },
          {
            number: 4,
            code: 'CA',
            fileSystem: 'CACHE',
            operatingSystem: null,
            sizeBytes: 9_437_184n * KB,
            usedPercent: 1,
          },
        ],
      },
    ],
  };

  it.each([
    ['the compact line', COMPACT],
    ['the compact line with line ends', COMPACT.replaceAll(';', ';\r\n')],
    ['expanded lines', LINES.join('\n')],
    ['expanded lines with other line ends', LINES.join('\r\n')],
    ['an array', ROWS],
    ['an array as text', JSON.stringify(ROWS)],
  ])('says the same in %s', (_name, cfg) => {
    expect(parseDiskLayout(cfg)).toEqual(WALKTHROUGH);
  });

  it.each([
    ['1', 'MSDOS'],
    ['2', 'GPT'],
    ['3', 'LVM'],
    ['4', 'ZPOOL'],
    ['0', 'UNKNOWN'],
    ['', 'UNKNOWN'],
    ['constructor', 'UNKNOWN'],
  ])('knows the table type «%s» as %s', (code, table) => {
    expect(parseDiskLayout(`;1:0:${code}:::100:0;`)?.disks[0]?.partitionTable).toBe(table);
  });

  it('keeps sizes beyond 2 TB to the byte', () => {
    expect(parseDiskLayout(';1:0:2:::17578125001:0;')?.disks[0]?.sizeBytes).toBe(18_000_000_001_024n);
  });

  it('keeps colons in the name of an operating system', () => {
    expect(
      parseDiskLayout(';1:0:1:::100:0;1:1:83:EXT4:GNU/Linux: Debian 12: bookworm:50:3;')?.disks[0]?.partitions[0],
    ).toMatchObject({
      operatingSystem: 'GNU/Linux: Debian 12: bookworm',
      sizeBytes: 50n * KB,
      usedPercent: 3,
    });
  });

  it('has no filesystem on an EMPTY partition, and no use beyond 100 %', () => {
    expect(parseDiskLayout(';1:0:1:::100:0;1:1:0:EMPTY::50:300;')?.disks[0]?.partitions[0]).toMatchObject({
      fileSystem: null,
      usedPercent: null,
    });
  });

  it('of a client without a disk is one empty disk', () => {
    expect(parseDiskLayout('SER-1;1:0:0:::0:0;')).toEqual({
      serialNumber: 'SER-1',
      disks: [{ number: 1, sizeBytes: 0n, partitionTable: 'UNKNOWN', partitions: [] }],
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 42],
    ['an empty text', ''],
    ['only a serial number', 'SER-1;'],
    ['a shell’s complaint', 'ogListPartitions: error 3: disk partition error'],
    ['a web address', 'http://192.168.2.1:8000/'],
    ['an empty array', []],
    ['an array of other things', [null, 1, 'x', ['y']]],
    ['an array cut short', '[{"disk":1,'],
    ['the same partition twice', ';1:0:1:::100:0;1:1:83:EXT4::50:1;1:1:7:NTFS::50:1;'],
    ['a size that is no number', ';1:0:1:::100:0;1:1:83:EXT4::many:1;'],
    ['a negative size', ';1:0:1:::-100:0;'],
    ['disk 0', ';0:0:1:::100:0;'],
    ['a disk number that no column holds', ';3000000000:0:1:::100:0;'],
    ['a partition number that no column holds', ';1:0:1:::100:0;1:3000000000:83:EXT4::50:1;'],
    ['a line cut in the middle of a partition', COMPACT.slice(0, COMPACT.indexOf('NTFS') + 2)],
    ['a line cut in the middle of the disk', COMPACT.slice(0, COMPACT.indexOf(':::'))],
  ])('is none in %s, so that the client keeps the disks it has', (_name, cfg) => {
    expect(parseDiskLayout(cfg)).toBeNull();
  });

  it('holds nothing that a text column cannot', () => {
    const layout = parseDiskLayout('SER\0-1;1:0:1:::100:0;1:1:8\x003:EX\0T4:Ub\0untu:50:1;');
    expect(JSON.stringify(layout, (_key, value: unknown) => (typeof value === 'bigint' ? null : value))).not.toContain(
      String.raw`\u0000`,
    );
  });

  it('of any machine is read as it was written', () => {
    const word = fc.stringMatching(/^[A-Z][A-Za-z0-9 .:/()]{0,20}[a-z)]$/);
    const partition = fc.record({
      number: fc.integer({ min: 1, max: 128 }),
      code: fc.constantFrom('83', '7', 'CA', 'EF00'),
      fileSystem: fc.constantFrom('EXT4', 'NTFS', 'CACHE'),
      operatingSystem: fc.oneof(fc.constant(''), word),
      sizeKb: fc.nat({ max: 2 ** 40 }),
      usedPercent: fc.integer({ min: 0, max: 100 }),
    });
    const byNumber = ({ number }: { number: number }) => number;
    const disk: fc.Arbitrary<SimulatedDisk> = fc.record({
      number: fc.integer({ min: 1, max: 8 }),
      sizeKb: fc.nat({ max: 2 ** 40 }),
      table: fc.constantFrom('MSDOS', 'GPT'),
      partitions: fc.uniqueArray(partition, { maxLength: 6, selector: byNumber }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(disk, { minLength: 1, maxLength: 4, selector: byNumber }), (disks) => {
        const layout = parseDiskLayout(toCompactLayout('SER-1', disks));
        const inOrder = <T extends { number: number }>(all: readonly T[]) =>
          all.toSorted((a, b) => a.number - b.number);
        expect(inOrder(layout?.disks ?? []).map((each) => ({ ...each, partitions: inOrder(each.partitions) }))).toEqual(
          inOrder(disks).map(({ number, sizeKb, table, partitions }) => ({
            number,
            sizeBytes: BigInt(sizeKb) * KB,
            partitionTable: table,
            partitions: inOrder(partitions).map(({ sizeKb: size, operatingSystem, ...rest }) => ({
              ...rest,
              operatingSystem: operatingSystem === '' ? null : operatingSystem,
              sizeBytes: BigInt(size) * KB,
            })),
          })),
        );
      }),
    );
  });

  it('of anything at all is null or a layout, never an accident', () => {
    const tables = new Set<unknown>(Object.values(PartitionTable));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string({
            unit: fc.constantFrom('1', ':', ';', '0', '\t', 'disk=', 'par=', '\n', '[', ']', '{', '}', '"'),
          }),
        ),
        (cfg) => {
          for (const { number, partitionTable } of parseDiskLayout(cfg)?.disks ?? []) {
            expect(Number.isSafeInteger(number) && tables.has(partitionTable)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a job’s report', () => {
  const read = (body: Record<string, unknown>) =>
    parseJobReport({ job_id: 'RestaurarImagen-dfa42888', ...body }, '192.168.2.3');

  it.each([
    [40, 40],
    ['40', 40],
    ['40.9', 40],
    [-5, 0],
    [140, 100],
  ])('of progress %j is %i percent', (progress, percent) => {
    expect(read({ progress }).news).toEqual({ kind: 'progress', percent });
  });

  it.each([
    ['1', undefined, { kind: 'succeeded' }],
    [1, '', { kind: 'succeeded' }],
    ['2', '30-Image is larger', { kind: 'failed', engineCode: 30, message: 'Image is larger' }],
    [2, '5 - created\nbadly', { kind: 'failed', engineCode: 5, message: 'created\nbadly' }],
    ['2', 'no number', { kind: 'failed', engineCode: null, message: 'no number' }],
    ['2', undefined, { kind: 'failed', engineCode: null, message: '' }],
  ])('with res %j and der %j', (res, der, news) => {
    expect(read({ res, der }).news).toEqual(news);
  });

  it.each([
    ['RESPUESTA_RestaurarImagen', 'DEPLOY_IMAGE'],
    ['RestaurarImagen', 'DEPLOY_IMAGE'],
    [undefined, 'DEPLOY_IMAGE'],
    ['RESPUESTA_CrearImagen', 'CREATE_IMAGE'],
    ['RESPUESTA_Baila', null],
    ['constructor', null],
    ['__proto__', null],
  ])('named %s is about %s', (nfn, action) => {
    expect(read({ nfn, progress: 1 }).action).toBe(action);
  });

  it.each([
    ['no job', { job_id: undefined, res: '1' }],
    ['an empty job', { job_id: ' ', res: '1' }],
    ['a job that is no text', { job_id: { $ne: null }, res: '1' }],
    ['neither progress nor result', {}],
    ['progress that is no number', { progress: 'mucho' }],
    ['endless progress', { progress: 'Infinity' }],
    ['a result of another kind', { res: '3' }],
    ['a result that is a list', { res: ['1'] }],
  ])('with %s is refused', (_name, body) => {
    expect(() => read(body)).toThrow(UnreadableReportError);
  });

  it('does not keep the machine’s secret', () => {
    expect(read({ progress: 1, secret: 'hush' }).body).toEqual({ job_id: 'RestaurarImagen-dfa42888', progress: 1 });
  });
});

describe('an agent’s body', () => {
  it('is read as UTF-8, and as Latin-1 where it is not UTF-8', () => {
    const text = '{"npc":"Año de la montaña"}';
    expect(parseAgentBody(bytes(text))).toEqual({ npc: 'Año de la montaña' });
    expect(parseAgentBody(Buffer.from(text, 'latin1'))).toEqual({ npc: 'Año de la montaña' });
    expect(parseAgentBody(bytes(`\uFEFF${text}`))).toEqual({ npc: 'Año de la montaña' });
  });

  it.each(['', 'null', '[]', '[{}]', '42', '"text"', 'true', '{', '{"a":1}}', "{'a':1}", '{"a":NaN}', 'a=1'])(
    'that is %j is refused',
    (text) => {
      expect(() => parseAgentBody(bytes(text))).toThrow(UnreadableReportError);
    },
  );

  it.each([
    ['objects', '{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000)],
    ['lists', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['17 levels', `${'{"a":'.repeat(16)}{}${'}'.repeat(16)}`],
  ])('nested too deeply is refused: %s', (_name, text) => {
    expect(() => parseAgentBody(bytes(text))).toThrow(UnreadableReportError);
  });

  it('of 16 levels is not nested too deeply', () => {
    expect(parseAgentBody(bytes(`${'{"a":'.repeat(15)}{}${'}'.repeat(15)}`))).toHaveProperty('a.a.a');
  });

  it('may hold a list of 100,000 things, which is no disk layout', () => {
    const body = parseAgentBody(
      bytes(JSON.stringify({ cfg: Array.from({ length: 100_000 }, (_, par) => ({ disk: 1, par })) })),
    );
    expect(parseDiskLayout(body['cfg'])).toBeNull();
  });

  it('cannot reach anybody’s prototype', () => {
    const body = parseAgentBody(
      bytes('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"job_id":"x","res":"1"}'),
    );
    expect(textOf(body, 'polluted')).toBeNull();
    expect(Object.getPrototypeOf(parseJobReport(body, '').body)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(textOf({}, 'constructor')).toBeNull();
    expect(textOf(Object.create({ job_id: 'inherited' }) as Record<string, unknown>, 'job_id')).toBeNull();
  });

  it('gives text that can be stored: a scalar, trimmed, without NUL, of bounded length', () => {
    expect(textOf({ a: ' x\0y ' }, 'a')).toBe('xy');
    expect(textOf({ a: 7 }, 'a')).toBe('7');
    expect(textOf({ a: 'z'.repeat(5000) }, 'a')).toHaveLength(1000);
    for (const a of ['', '  ', '\0', null, true, {}, ['x']]) expect(textOf({ a }, 'a')).toBeNull();
  });

  it('names its machine in every way there is, and drops what is no name', () => {
    const hints = readClientHints(
      {
        ido: '01936CBA-F6D0-7A3C-8F21-5B9D3C7E1A04',
        mac: '08-00-27-0b-88-be;nonsense',
        iph: '192.168.2.3;10.0.0.1',
        ip: '999.1.1.1',
      },
      '127.0.0.1',
    );
    expect(hints).toEqual({
      clientId: '01936cba-f6d0-7a3c-8f21-5b9d3c7e1a04',
      macs: ['08:00:27:0B:88:BE'],
      ips: ['192.168.2.3', '10.0.0.1'],
      sender: '127.0.0.1',
    });
    expect(readClientHints({ ido: '1; DROP TABLE clients', mac: { $ne: '' } }, '::1')).toEqual({
      clientId: null,
      macs: [],
      ips: [],
      sender: '::1',
    });
  });
});

describe('a MAC address', () => {
  it.each(['08:00:27:0b:88:be', '08-00-27-0B-88-BE', '0800.270b.88be', '0800270B88BE', ' 08:00:27:0b:88:be '])(
    'is known as «%s»',
    (text) => {
      expect(parseMac(text)).toBe('08:00:27:0B:88:BE');
    },
  );

  it.each([
    '',
    '08:00:27:0b:88',
    '08:00:27:0b:88:be:01',
    '08:00:27-0b-88-be',
    '08:00:27:0b:88:bg',
    '080:027:0b:88:be',
    '０８:00:27:0b:88:be',
  ])('is not «%s»', (text) => {
    expect(parseMac(text)).toBeNull();
  });

  it('that is 100 KB long is refused at once', () => {
    const startedAt = performance.now();
    expect(parseMac('08:'.repeat(33_000))).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(5);
  });
});

describe('a partition code', () => {
  it.each([
    ['83', '83'],
    ['0x83', '83'],
    ['ca', 'CA'],
    ['07', '7'],
    ['0', '0'],
    ['00', '0'],
    ['0700', '0700'],
    [' ef00 ', 'EF00'],
  ])('«%s» is %s', (written, code) => {
    expect(normalizePartitionCode(written)).toBe(code);
    expect(normalizePartitionCode(code)).toBe(code);
  });

  it('of the CACHE is CA or CA00, and the filesystem CACHE counts too', () => {
    expect(
      [
        ['CA', null],
        ['ca00', null],
        ['83', 'cache'],
        ['83', 'EXT4'],
        ['7', null],
      ].map(([code, fileSystem]) => isCachePartition({ code: code ?? '', fileSystem: fileSystem ?? null })),
    ).toEqual([true, true, true, false, false]);
  });
});

describe('a cursor', () => {
  it('comes back as it was given out', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.bigInt(0n, 10n ** 18n - 1n), (epoch, seq) => {
        expect(parseCursor(formatCursor({ epoch, seq }))).toEqual({ epoch, seq });
      }),
    );
  });

  it.each(['', 'garbage', '!!!'])('is not «%s»', (text) => {
    expect(parseCursor(text)).toBeNull();
  });

  it.each(['epoch', ':1', 'epoch:', 'epoch:-1', 'epoch:1:2', 'epoch:1e3', 'epoch:1.5', 'epoch:9999999999999999999'])(
    'does not say «%s»',
    (text) => {
      expect(parseCursor(Buffer.from(text).toString('base64url'))).toBeNull();
    },
  );

  it('is short: what is longer is not even decoded', () => {
    expect(parseCursor(Buffer.from(`${'e'.repeat(200)}:1`).toString('base64url'))).toBeNull();
  });

  it('is a cursor or is not, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cursor = parseCursor(text);
        expect(cursor === null || typeof cursor.seq === 'bigint').toBe(true);
      }),
    );
  });
});

describe('Accept-Language', () => {
  it.each([
    [null, 'es'],
    ['', 'es'],
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['es-ES,es;q=0.9,en;q=0.8', 'es'],
    ['en-US,en;q=0.9,es;q=0.8', 'en'],
    ['es;q=0.1,en;q=0.9', 'en'],
    ['fr-FR,fr;q=0.9,en;q=0.5', 'en'],
    ['fr', 'es'],
    ['*', 'es'],
    ['en;q=0', 'es'],
    ['en;q=nonsense', 'es'],
    [',;,;q=', 'es'],
  ])('%j asks for %s', (header, locale) => {
    expect(parseAcceptLanguage(header)).toBe(locale);
  });
});

describe('the configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oggraph-config-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
    try {
      readConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  }
  const named = (problems: readonly string[]) =>
    problems.map((problem) => /^[A-Z_]+/.exec(problem)?.[0] ?? problem).toSorted();

  it('needs nothing to be set', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: null,
      databaseUrl: null,
      agentPort: 8000,
      agentTls: { mode: 'insecure' },
      logLevel: 'info',
    });
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it('takes empty for not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', AGENT_NETWORKS_FILE: '' })).toEqual(readConfig({}));
  });

  const WRONG = {
    PORT: 'canary-1',
    PUBLIC_URL: 'canary-2',
    DATABASE_URL: 'mysql://root:canary-3@db/oggraph',
    AGENT_PORT: '99999',
    AGENT_CONNECT_TO: 'canary-4',
    AGENT_TLS: 'canary-5',
    AGENT_CA: 'canary-6',
    AGENT_NETWORKS: '10.0.0.0/8, canary-7/24',
    LOG_LEVEL: 'canary-8',
    AGENT_TSL: 'canary-9',
  };

  it('names every mistake at once, also a name that is not ours', () => {
    expect(named(problemsOf(WRONG))).toEqual(Object.keys(WRONG).toSorted());
  });

  it('names what is missing beside what is wrong', () => {
    expect(named(problemsOf({ AGENT_TLS: 'ca', PORT: 'wrong' }))).toEqual(['AGENT_CA', 'PORT']);
  });

  it.each(Object.keys(WRONG))('never repeats the value of %s', (name) => {
    expect(
      problemsOf(WRONG)
        .filter((problem) => problem.startsWith(name))
        .join('\n'),
    ).not.toContain('canary');
  });

  it('reads what is mounted as a file', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'postgres://oggraph@db/oggraph\n');
    expect(readConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe('postgres://oggraph@db/oggraph');
    expect(named(problemsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://other' }))).toEqual(['DATABASE_URL']);
    expect(problemsOf({ AGENT_CA_FILE: join(folder, 'missing') })).toEqual([
      'AGENT_CA_FILE names a file that cannot be read',
    ]);
  });
});
