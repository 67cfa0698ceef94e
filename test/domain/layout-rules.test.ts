import { describe, expect, it } from 'vitest';
import { reasonMessage } from '#domain/messages.ts';
import { fitLayout, fitLayoutToAll } from '#domain/operations/fit-layout.ts';
import { assessLayout, settleCache } from '#domain/operations/layout-rules.ts';
import type { DiskFacts, LayoutFacts } from '#domain/operations/layout-rules.ts';
import type { LayoutPartition, PartitionLayout } from '#domain/operations/partition-layout.ts';
import type { ReasonCode } from '#domain/operations/reasons.ts';
import { LOCALES } from '#lib/locale.ts';

const MIB = 1024n ** 2n;
const GIB = 1024n ** 3n;

function part(number: number, changes: Partial<LayoutPartition> = {}): LayoutPartition {
  return { number, type: 'LINUX', fileSystem: null, sizeBytes: 10n * GIB, format: true, ...changes };
}
const rest = (number: number) => part(number, { sizeBytes: null });
const keptCache = part(4, { type: 'CACHE', sizeBytes: 9n * GIB, format: false });
const efi = part(1, { type: 'EFI', sizeBytes: 500n * MIB });
const msdos = (...partitions: LayoutPartition[]): PartitionLayout => ({ disk: 1, table: 'MSDOS', partitions });
const gpt = (...partitions: LayoutPartition[]): PartitionLayout => ({ disk: 1, table: 'GPT', partitions });

const sizesOf = (layout: PartitionLayout, diskSizeBytes: bigint) => {
  const fit = fitLayout(layout, diskSizeBytes);
  return fit.outcome === 'fits' ? fit.layout.partitions.map(({ sizeBytes }) => sizeBytes) : fit;
};

describe('what is left over', () => {
  it('is the disk without its table and the other partitions', () => {
    expect(sizesOf(msdos(part(1), rest(2), keptCache), 50n * GIB)).toEqual([10n * GIB, 31n * GIB - MIB, 9n * GIB]);
    expect(sizesOf(gpt(efi, rest(2)), 50n * GIB)).toEqual([500n * MIB, 50n * GIB - 502n * MIB]);
  });

  it('is in whole MiB, whatever the disk and the others', () => {
    const odd = part(1, { sizeBytes: GIB + 1024n });
    expect(sizesOf(gpt(odd, rest(2)), 50n * GIB + 512n)).toEqual([GIB + 1024n, 49n * GIB - 3n * MIB]);
  });

  it('may be the extended partition, and what is left over in that', () => {
    const layout = msdos(part(1), part(2, { type: 'EXTENDED', sizeBytes: null, format: false }), part(5), rest(6));
    expect(sizesOf(layout, 50n * GIB)).toEqual([10n * GIB, 40n * GIB - MIB, 10n * GIB, 30n * GIB - 3n * MIB]);
  });

  it('ends where an MSDOS table ends', () => {
    expect(sizesOf(msdos(rest(1)), 4096n * GIB)).toEqual([2048n * GIB - MIB]);
    expect(sizesOf(gpt(rest(1)), 4096n * GIB)).toEqual([4096n * GIB - 2n * MIB]);
  });

  it('is decided by the smallest disk that can hold the layout', () => {
    const layout = gpt(part(1), rest(2));
    expect(fitLayoutToAll(layout, [50n * GIB, 5n * GIB, 40n * GIB])?.partitions[1]?.sizeBytes).toBe(
      30n * GIB - 2n * MIB,
    );
    expect(fitLayoutToAll(layout, [5n * GIB, 6n * GIB])).toBeNull();
    expect(fitLayoutToAll(layout, [])).toBeNull();
  });
});

describe('a layout that is too large', () => {
  it.each([
    [msdos(part(1)), 10n * GIB, 10n * GIB, 10n * GIB - MIB],
    [gpt(part(1), rest(2)), 10n * GIB + 2n * MIB, 10n * GIB + MIB, 10n * GIB],
    [msdos(part(1)), 0n, 10n * GIB, 0n],
    [msdos(part(1, { sizeBytes: 2048n * GIB })), 4096n * GIB, 2048n * GIB, 2048n * GIB - MIB],
    [
      msdos(part(1, { type: 'EXTENDED', sizeBytes: null, format: false }), part(5)),
      10n * GIB + MIB,
      10n * GIB + MIB,
      10n * GIB,
    ],
  ])('%#: says by how much', (layout, disk, neededBytes, availableBytes) => {
    expect(fitLayout(layout, disk)).toEqual({ outcome: 'too-large', neededBytes, availableBytes });
  });
});

describe('a layout that just fits', () => {
  it.each([
    [msdos(part(1)), 10n * GIB + MIB],
    [gpt(part(1), rest(2)), 10n * GIB + 3n * MIB],
    [msdos(part(1, { type: 'EXTENDED', sizeBytes: null, format: false }), part(5)), 10n * GIB + 2n * MIB],
  ])('%#: fits, and with a byte less does not', (layout, disk) => {
    expect(fitLayout(layout, disk).outcome).toBe('fits');
    expect(fitLayout(layout, disk - 1n).outcome).toBe('too-large');
  });
});

type Old = DiskFacts['partitions'][number];
function old(number: number, changes: Partial<Old> = {}): Old {
  const empty = { operatingSystem: null, usedPercent: 1, cachedImages: [] };
  return { number, code: '83', fileSystem: 'EXT4', sizeBytes: 10n * GIB, ...empty, ...changes };
}
const oldCache = old(4, { code: 'CA', fileSystem: 'CACHE', sizeBytes: 9n * GIB, usedPercent: 40 });
const disk = (changes: Partial<DiskFacts> = {}): DiskFacts => ({
  number: 1,
  sizeBytes: 50n * GIB,
  partitionTable: 'MSDOS',
  partitions: [old(1), oldCache],
  ...changes,
});

/** A machine whose layout hardly changes: nothing speaks against it. */
const READY = { firmware: 'BIOS', disks: [disk()], asked: msdos(part(1), rest(2), keptCache) } as const;

function assess(changes: Partial<Omit<LayoutFacts, 'fitted'>>) {
  const facts = { ...READY, ...changes };
  const sizes = facts.disks.filter(({ number }) => number === facts.asked.disk).map(({ sizeBytes }) => sizeBytes);
  return assessLayout({ ...facts, fitted: fitLayoutToAll(facts.asked, sizes) });
}

const CASES: [name: string, changes: Partial<Omit<LayoutFacts, 'fitted'>>, codes: ReasonCode[]][] = [
  ['nothing', {}, []],
  ['no such disk', { asked: { ...READY.asked, disk: 2 } }, ['DISK_NOT_FOUND']],
  ['a disk too small', { disks: [disk({ sizeBytes: 19n * GIB })] }, ['LAYOUT_TOO_LARGE']],
  ['UEFI and MSDOS', { firmware: 'UEFI' }, ['EFI_PARTITION_MISSING']],
  [
    'UEFI and GPT without EFI',
    { firmware: 'UEFI', asked: gpt(part(1)), disks: [disk({ partitions: [] })] },
    ['EFI_PARTITION_MISSING', 'NO_CACHE_PLANNED'],
  ],
  [
    'UEFI and GPT',
    { firmware: 'UEFI', asked: gpt(efi, rest(2), keptCache), disks: [disk({ partitionTable: 'GPT' })] },
    [],
  ],
  [
    'UEFI and a disk for data beside the one it starts from',
    { firmware: 'UEFI', disks: [disk(), disk({ number: 2, partitions: [old(1, { code: 'EF00' })] })] },
    [],
  ],
  ['UEFI and a disk without a system', { firmware: 'UEFI', asked: msdos(keptCache) }, []],
  ['BIOS and GPT', { asked: gpt(part(1), keptCache), disks: [disk({ partitionTable: 'GPT' })] }, ['GPT_ON_BIOS']],
  [
    'GPT, and nobody knows how it starts',
    { firmware: null, asked: gpt(part(1), keptCache), disks: [disk({ partitionTable: 'GPT' })] },
    [],
  ],
  ['no CACHE any more', { asked: msdos(part(1)) }, ['CACHE_WILL_BE_LOST', 'NO_CACHE_PLANNED']],
  [
    'no CACHE any more, which was empty',
    { asked: msdos(part(1)), disks: [disk({ partitions: [{ ...oldCache, usedPercent: 1 }] })] },
    ['NO_CACHE_PLANNED'],
  ],
  [
    'no CACHE any more, which holds an image',
    {
      asked: msdos(part(1)),
      disks: [disk({ partitions: [{ ...oldCache, usedPercent: 0, cachedImages: [{ name: 'a' }] }] })],
    },
    ['CACHE_WILL_BE_LOST', 'NO_CACHE_PLANNED'],
  ],
  [
    'no CACHE any more, of which nothing is known',
    { asked: msdos(part(1)), disks: [disk({ partitions: [{ ...oldCache, usedPercent: null }] })] },
    ['CACHE_WILL_BE_LOST', 'NO_CACHE_PLANNED'],
  ],
  [
    'no CACHE here, but on the other disk',
    { asked: msdos(part(1)), disks: [disk({ partitions: [] }), disk({ number: 2 })] },
    [],
  ],
  ['a larger CACHE', { asked: msdos({ ...keptCache, sizeBytes: 10n * GIB }) }, ['CACHE_WILL_BE_FORMATTED']],
  ['a CACHE elsewhere', { asked: msdos({ ...keptCache, number: 3 }) }, ['CACHE_WILL_BE_FORMATTED']],
  ['a CACHE in another table', { asked: gpt(efi, keptCache) }, ['CACHE_WILL_BE_FORMATTED']],
  ['a CACHE in a table nobody knows', { disks: [disk({ partitionTable: 'UNKNOWN' })] }, []],
  ['a CACHE to be formatted', { asked: msdos({ ...keptCache, format: true }) }, ['CACHE_WILL_BE_FORMATTED']],
  ['a CACHE where there was none', { disks: [disk({ partitions: [] })] }, []],
  [
    'systems',
    { disks: [disk({ partitions: [old(1, { operatingSystem: 'Ubuntu' }), oldCache] })] },
    ['SYSTEMS_WILL_BE_LOST'],
  ],
];

describe('a layout for a client', () => {
  it.each(CASES)('with %s', (_name, changes, codes) => {
    expect(assess(changes).map(({ code }) => code)).toEqual(codes);
  });

  it.each(CASES)('with %s, in each language', (_name, changes) => {
    for (const { code, params } of assess(changes)) {
      for (const locale of LOCALES) expect(reasonMessage(code, params, locale)).not.toMatch(/[{}]|undefined/);
    }
  });

  it('names each system on the disk once', () => {
    const partitions = ['Ubuntu', 'Windows 11', 'Ubuntu'].map((operatingSystem, index) =>
      old(index + 1, { operatingSystem }),
    );
    expect(assess({ disks: [disk({ partitions: [...partitions, oldCache] })] })).toEqual([
      { code: 'SYSTEMS_WILL_BE_LOST', params: { disk: 1, systems: 'Ubuntu, Windows 11' } },
    ]);
  });
});

describe('the CACHE as it is sent', () => {
  const formatsCache = (asked: PartitionLayout, disks: DiskFacts[]) => {
    const fitted = fitLayoutToAll(asked, [50n * GIB]);
    return fitted === null ? null : settleCache(fitted, disks).partitions.find(({ type }) => type === 'CACHE')?.format;
  };

  it.each([
    ['kept where it stays as it is', msdos(part(1), keptCache), [disk()], false],
    ['formatted where that is asked for', msdos({ ...keptCache, format: true }), [disk()], true],
    ['formatted where its size changes', msdos({ ...keptCache, sizeBytes: GIB }), [disk()], true],
    ['formatted where it is new', msdos(keptCache), [disk({ partitions: [] })], true],
    ['formatted where the table changes', gpt(keptCache), [disk()], true],
  ])('is %s', (_name, asked, disks, expected) => {
    expect(formatsCache(asked, disks)).toBe(expected);
  });
});
