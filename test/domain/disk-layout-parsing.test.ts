import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionTable } from '#prisma/generated/client/enums.ts';
import type { SimulatedDisk } from '#simulator/simulated-machine.ts';
import { toCompactLayout } from '#simulator/to-compact-layout.ts';
import { parseDiskLayout } from '#webhook/parse-disk-layout.ts';

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
