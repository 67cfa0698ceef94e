import { describe, expect, it } from 'vitest';
import type { InputFault } from '#domain/errors.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { errorMessage } from '#domain/messages.ts';
import { checkLayout } from '#domain/operations/check-layout.ts';
import { fileSystemOf } from '#domain/operations/partition-layout.ts';
import type { LayoutPartition, PartitionLayout } from '#domain/operations/partition-layout.ts';
import { LOCALES } from '#lib/locale.ts';

const GIB = 1024n ** 3n;

function part(number: number, changes: Partial<LayoutPartition> = {}): LayoutPartition {
  return { number, type: 'LINUX', fileSystem: null, sizeBytes: GIB, format: false, ...changes };
}
const msdos = (...partitions: LayoutPartition[]): PartitionLayout => ({ disk: 1, table: 'MSDOS', partitions });
const gpt = (...partitions: LayoutPartition[]): PartitionLayout => ({ disk: 1, table: 'GPT', partitions });
const cache = (number: number, sizeBytes: bigint | null = GIB) => part(number, { type: 'CACHE', sizeBytes });
const extended = (number: number, sizeBytes: bigint | null = 10n * GIB) =>
  part(number, { type: 'EXTENDED', sizeBytes });
const rest = (number: number) => part(number, { sizeBytes: null });

describe('a layout with which nothing is wrong', () => {
  it.each<[string, PartitionLayout]>([
    ['one partition for the whole disk', msdos(rest(1))],
    ['four primary ones', msdos(part(1), part(2), part(3), part(4))],
    ['a gap in the numbers', msdos(part(1), cache(4))],
    ['what is left over goes before the CACHE', msdos(part(1), rest(2), cache(4))],
    ['what is left over goes to the CACHE', gpt(part(1, { type: 'EFI' }), part(2), cache(3, null))],
    ['logical ones, in any order', msdos(part(6), extended(2), part(5), part(1))],
    ['what is left over, outside and inside', msdos(part(1), extended(2, null), part(5), rest(6), cache(4))],
    ['the 128th of GPT', gpt(part(128))],
    ['a file system in small letters', gpt(part(1, { fileSystem: 'btrfs', format: true }))],
    ['unused space', msdos(part(1, { type: 'EMPTY' }), part(2))],
    ['one KiB', msdos(part(1, { sizeBytes: 1024n }))],
  ])('%s', (_name, layout) => {
    expect(checkLayout(layout)).toEqual([]);
  });
});

const WRONG: [name: string, layout: PartitionLayout, fault: InputFault, path: string, params?: object][] = [
  ['disk 0', { ...msdos(part(1)), disk: 0 }, 'NOT_POSITIVE', 'disk'],
  ['no partition', msdos(), 'EMPTY', 'partitions'],
  ['129 partitions', gpt(...Array.from({ length: 129 }, () => part(1))), 'TOO_MANY', 'partitions', { max: 128 }],
  ['partition 0', gpt(part(0)), 'OUT_OF_RANGE', 'partitions.0.number', { min: 1, max: 128 }],
  ['partition 129', gpt(part(1), part(129)), 'OUT_OF_RANGE', 'partitions.1.number'],
  ['partition 61 of MSDOS', msdos(part(61)), 'OUT_OF_RANGE', 'partitions.0.number', { min: 1, max: 60 }],
  ['a number twice', gpt(part(2), part(1), part(2)), 'DUPLICATE_PARTITION', 'partitions.2.number', { number: 2 }],
  ['five without an extended one', msdos(part(1), part(5)), 'LOGICAL_WITHOUT_EXTENDED', 'partitions.1.number'],
  ['a gap among logical ones', msdos(extended(1), part(6)), 'LOGICAL_GAP', 'partitions.1.number', { missing: 5 }],
  [
    'EXTENDED in GPT',
    gpt(extended(1)),
    'TYPE_NOT_IN_TABLE',
    'partitions.0.type',
    { partitionType: 'EXTENDED', table: 'GPT' },
  ],
  ['WIN_RESERV in MSDOS', msdos(part(1, { type: 'WIN_RESERV' })), 'TYPE_NOT_IN_TABLE', 'partitions.0.type'],
  ['DATA in GPT', gpt(part(1, { type: 'DATA' })), 'TYPE_NOT_IN_TABLE', 'partitions.0.type'],
  ['two CACHEs', gpt(cache(1), cache(2)), 'ONCE_ONLY', 'partitions.1.type', { partitionType: 'CACHE' }],
  ['two EFIs', gpt(part(1, { type: 'EFI' }), part(2, { type: 'EFI' })), 'ONCE_ONLY', 'partitions.1.type'],
  ['two extended ones', msdos(extended(1), extended(2)), 'ONCE_ONLY', 'partitions.1.type'],
  [
    'a logical CACHE',
    msdos(extended(1), cache(5)),
    'PRIMARY_ONLY',
    'partitions.1.type',
    { partitionType: 'CACHE', max: 4 },
  ],
  [
    'NTFS on LINUX',
    gpt(part(1, { fileSystem: 'NTFS' })),
    'FILE_SYSTEM_UNSUITABLE',
    'partitions.0.fileSystem',
    { partitionType: 'LINUX', allowed: 'EXT4, EXT3, EXT2, BTRFS, XFS, JFS, REISERFS, REISER4, F2FS' },
  ],
  [
    'a file system on LVM',
    gpt(part(1, { type: 'LINUX_LVM', fileSystem: 'EXT4' })),
    'FILE_SYSTEM_UNSUITABLE',
    'partitions.0.fileSystem',
  ],
  ['LVM formatted', gpt(part(1, { type: 'LINUX_LVM', format: true })), 'CANNOT_BE_FORMATTED', 'partitions.0.format'],
  [
    'unused space formatted',
    gpt(part(1, { type: 'EMPTY', format: true })),
    'CANNOT_BE_FORMATTED',
    'partitions.0.format',
  ],
  ['no size', gpt(part(1, { sizeBytes: 0n })), 'NOT_POSITIVE', 'partitions.0.sizeBytes'],
  ['less than none', gpt(part(1, { sizeBytes: -1024n })), 'NOT_POSITIVE', 'partitions.0.sizeBytes'],
  ['half a KiB', gpt(part(1, { sizeBytes: 1536n })), 'NOT_A_MULTIPLE', 'partitions.0.sizeBytes', { unit: 1024 }],
  ['what is left over twice', gpt(part(1), rest(2), cache(3, null)), 'SECOND_REST', 'partitions.2.sizeBytes'],
  ['what is left over in the middle', gpt(rest(1), part(2), cache(3)), 'REST_NOT_LAST', 'partitions.0.sizeBytes'],
  ['a CACHE that grows before another', gpt(cache(1, null), part(2)), 'REST_NOT_LAST', 'partitions.0.sizeBytes'],
  [
    'logical ones larger than the extended one',
    msdos(extended(1, 2n * GIB), part(5), part(6)),
    'EXTENDED_TOO_SMALL',
    'partitions.0.sizeBytes',
    { needed: String(2n * GIB + 2n * 1024n ** 2n) },
  ],
];

describe('a layout that makes no sense', () => {
  it.each(WRONG)('%s', (_name, layout, fault, path, params = {}) => {
    const faults = checkLayout(layout);
    expect(faults.map((each) => [each.fault, each.path.join('.')])).toEqual([[fault, path]]);
    expect(faults[0]?.params).toMatchObject(params);
  });

  it.each(WRONG)('%s, in each language', (_name, layout) => {
    const [found] = checkLayout(layout);
    if (found === undefined) throw new Error('nothing is wrong');
    const error = new InvalidInputError(found.path, found.fault, found.params);
    for (const locale of LOCALES) expect(errorMessage(error, locale)).not.toMatch(/[{}]|undefined/);
  });

  it('hears of everything at once', () => {
    const layout = gpt(part(1, { fileSystem: 'NTFS', sizeBytes: 1n }), extended(1, -1n));
    expect(checkLayout(layout).map(({ path, fault }) => `${path.join('.')} ${fault}`)).toEqual([
      'partitions.0.fileSystem FILE_SYSTEM_UNSUITABLE',
      'partitions.0.sizeBytes NOT_A_MULTIPLE',
      'partitions.1.number DUPLICATE_PARTITION',
      'partitions.1.type TYPE_NOT_IN_TABLE',
      'partitions.1.sizeBytes NOT_POSITIVE',
    ]);
  });
});

describe('the file system', () => {
  it.each([
    ['WINDOWS', null, 'NTFS'],
    ['LINUX', null, 'EXT4'],
    ['LINUX', 'xfs', 'XFS'],
    ['LINUX_SWAP', null, 'LINUX-SWAP'],
    ['CACHE', null, 'CACHE'],
    ['EXTENDED', null, null],
    ['EMPTY', null, null],
  ] as const)('of a partition %s, asked for as %s, is %s', (type, fileSystem, expected) => {
    expect(fileSystemOf({ type, fileSystem })).toBe(expected);
  });
});
