import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeDiskLayout } from '#agent/write-disk-layout.ts';
import { checkLayout } from '#domain/operations/check-layout.ts';
import { fitLayout, fitLayoutToAll } from '#domain/operations/fit-layout.ts';
import { settleCache } from '#domain/operations/layout-rules.ts';
import {
  PARTITION_TYPES,
  WRITABLE_TABLES,
  fileSystemsOf,
  isLogical,
  isTypeInTable,
} from '#domain/operations/partition-layout.ts';
import type {
  FittedLayout,
  LayoutPartition,
  PartitionLayout,
  WritableTable,
} from '#domain/operations/partition-layout.ts';
import { configureDisk } from '#simulator/actions/configure-disk.ts';
import type { EnginePc } from '#simulator/actions/engine-work.ts';
import { parseLayout } from '#simulator/actions/parse-layout.ts';
import type { SimulatedDisk } from '#simulator/simulated-machine.ts';
import { toCompactLayout } from '#simulator/to-compact-layout.ts';
import { parseDiskLayout } from '#webhook/parse-disk-layout.ts';

const KIB = 1024n;
const MIB = 1024n ** 2n;
const GIB = 1024n ** 3n;

describe('a layout as agents take it', () => {
  it('is told entry by entry, in KB, the missing ones of MSDOS as empty', () => {
    const layout: FittedLayout = {
      disk: 1,
      table: 'MSDOS',
      partitions: [
        { number: 4, type: 'CACHE', fileSystem: 'CACHE', sizeBytes: 9n * GIB, format: false },
        { number: 1, type: 'LINUX', fileSystem: 'EXT4', sizeBytes: 20_480_000n * KIB, format: true },
        { number: 2, type: 'LINUX_SWAP', fileSystem: 'LINUX-SWAP', sizeBytes: 4n * GIB, format: true },
      ],
    };
    expect(writeDiskLayout(layout)).toBe(
      'dis=1*che=1*tch=9437184*ttp=MSDOS!par=1*cpt=LINUX*sfi=EXT4*tam=20480000*ope=1%' +
        'par=2*cpt=LINUX-SWAP*sfi=LINUX-SWAP*tam=4194304*ope=1%par=3*cpt=EMPTY*sfi=EMPTY*tam=0*ope=0%' +
        'par=4*cpt=CACHE*sfi=CACHE*tam=9437184*ope=0%',
    );
  });

  it('has no padding in GPT, and says that there is no cache', () => {
    const layout: FittedLayout = {
      disk: 2,
      table: 'GPT',
      partitions: [{ number: 3, type: 'LINUX_LVM', fileSystem: null, sizeBytes: 3_000n * GIB, format: false }],
    };
    expect(writeDiskLayout(layout)).toBe(
      'dis=2*che=0*tch=0*ttp=GPT!par=3*cpt=LINUX-LVM*sfi=EMPTY*tam=3145728000*ope=0%',
    );
  });
});

const anySize = fc.bigInt(1n, (40n * GIB) / KIB).map((units) => units * KIB);

/** Anything that could be asked for, most of which makes no sense. */
const anyPartition = (table: WritableTable): fc.Arbitrary<LayoutPartition> =>
  fc.constantFrom(...PARTITION_TYPES.filter((type) => isTypeInTable(type, table))).chain((type) =>
    fc.record({
      number: fc.integer({ min: 1, max: 8 }),
      type: fc.constant(type),
      fileSystem: fc.constantFrom(null, ...fileSystemsOf(type)),
      sizeBytes: fc.option(anySize, { freq: 6 }),
      format: fileSystemsOf(type).length === 0 ? fc.constant(false) : fc.boolean(),
    }),
  );

const anyLayout: fc.Arbitrary<PartitionLayout> = fc
  .constantFrom(...WRITABLE_TABLES)
  .chain((table) =>
    fc.record({
      disk: fc.constantFrom(1, 2),
      table: fc.constant(table),
      partitions: fc.uniqueArray(anyPartition(table), { minLength: 1, maxLength: 6, selector: ({ number }) => number }),
    }),
  )
  .filter((layout) => checkLayout(layout).length === 0);

/** Disks on which some of those layouts fit and some do not. */
const anyDiskSize = fc.bigInt(1n, (200n * GIB) / 512n).map((sectors) => sectors * 512n);

const sum = (sizes: readonly bigint[]) => sizes.reduce((total, size) => total + size, 0n);
const sizesWhere = ({ table, partitions }: FittedLayout, logical: boolean) =>
  partitions.filter((partition) => isLogical(partition, table) === logical).map(({ sizeBytes }) => sizeBytes);

describe('a layout that fits', () => {
  it('fits indeed, and has the sizes that were asked for', () => {
    fc.assert(
      fc.property(anyLayout, anyDiskSize, (layout, diskSize) => {
        const fit = fitLayout(layout, diskSize);
        fc.pre(fit.outcome === 'fits');
        const { partitions } = fit.layout;
        const logical = sizesWhere(fit.layout, true);
        const extendedBytes = partitions.find(({ type }) => type === 'EXTENDED')?.sizeBytes ?? 0n;
        expect(sum(sizesWhere(fit.layout, false))).toBeLessThanOrEqual(diskSize - MIB);
        expect(logical.length === 0 || sum(logical) < extendedBytes).toBe(true);
        const asked = layout.partitions.map(({ sizeBytes }) => sizeBytes);
        expect(partitions.filter(({ sizeBytes }) => sizeBytes <= 0n)).toEqual([]);
        expect(partitions.map(({ sizeBytes }, index) => (asked[index] === null ? sizeBytes % MIB : sizeBytes))).toEqual(
          asked.map((sizeBytes) => sizeBytes ?? 0n),
        );
      }),
    );
  });

  it('uses all of the disk but a little where something takes what is left over', () => {
    fc.assert(
      fc.property(anyLayout, anyDiskSize, (layout, diskSize) => {
        const fit = fitLayout(layout, diskSize);
        if (fit.outcome === 'too-large') return true;
        const hasRest = layout.partitions.some((each) => each.sizeBytes === null && !isLogical(each, layout.table));
        const unused = diskSize - sum(sizesWhere(fit.layout, false));
        return !hasRest || unused <= MIB * BigInt(3 + layout.partitions.length);
      }),
    );
  });

  it('is the same for all disks, and fits each that could hold it at all', () => {
    fc.assert(
      fc.property(anyLayout, fc.array(anyDiskSize, { minLength: 1, maxLength: 5 }), (layout, sizes) => {
        const fitted = fitLayoutToAll(layout, sizes);
        return sizes.every((size) => {
          const fitsAlone = fitLayout(layout, size).outcome === 'fits';
          return fitsAlone === (fitted !== null && fitLayout(fitted, size).outcome === 'fits');
        });
      }),
    );
  });
});

function createPc(disks: SimulatedDisk[]): EnginePc {
  return {
    name: 'pc1',
    disks,
    restoredLast: null,
    layout: () => toCompactLayout('', disks),
    listSoftware: () => '',
    listHardware: () => '',
    ranScripts: [],
    repository: null,
  };
}

function carryOut(layout: FittedLayout, pc: EnginePc): number | null {
  const work = configureDisk({ dsk: String(layout.disk), cfg: writeDiskLayout(layout), nfn: 'Configurar', ids: '0' });
  const error = work.check?.(pc) ?? null;
  work.begin?.(pc);
  work.finish?.(pc, {} as never);
  return error;
}

describe('what is written', () => {
  it('is read as it was meant', () => {
    fc.assert(
      fc.property(anyLayout, anyDiskSize, (layout, diskSize) => {
        const fit = fitLayout(layout, diskSize);
        fc.pre(fit.outcome === 'fits');
        const { disk, table, entries } = parseLayout(writeDiskLayout(fit.layout));
        expect({ disk, table }).toEqual({ disk: String(layout.disk), table: layout.table });
        expect(entries).toEqual(
          fit.layout.partitions
            .filter(({ type }) => type !== 'EMPTY')
            .toSorted((one, other) => one.number - other.number)
            .map(({ number, type, fileSystem, sizeBytes, format }) => ({
              number,
              type: type.replaceAll('_', '-'),
              fileSystem: fileSystem ?? 'EMPTY',
              sizeKb: Number(sizeBytes / KIB),
              operation: format ? '1' : '0',
            })),
        );
      }),
    );
  });

  it('is done by an agent with a disk of that size, and comes back as it was asked for', () => {
    fc.assert(
      fc.property(anyLayout, anyDiskSize, (layout, diskSize) => {
        const fit = fitLayout(layout, diskSize);
        fc.pre(fit.outcome === 'fits');
        const sizeKb = Number(diskSize / KIB);
        const pc = createPc([{ number: layout.disk, sizeKb, table: 'MSDOS', partitions: [] }]);
        expect(carryOut(fit.layout, pc)).toBeNull();
        const reported = parseDiskLayout(pc.layout())?.disks[0];
        expect(reported?.partitionTable).toBe(layout.table);
        expect(reported?.partitions.map(({ number, sizeBytes }) => ({ number, sizeBytes }))).toEqual(
          fit.layout.partitions
            .filter(({ type }) => type !== 'EMPTY')
            .toSorted((one, other) => one.number - other.number)
            .map(({ number, sizeBytes }) => ({ number, sizeBytes })),
        );
      }),
    );
  });

  it('leaves the images of a CACHE that stays as it is, and of no other', () => {
    const cacheSize = fc.constantFrom(8n * GIB, 9n * GIB);
    fc.assert(
      fc.property(
        anyLayout,
        fc.record({ number: fc.constantFrom(3, 4), sizeBytes: cacheSize, format: fc.boolean() }),
        fc.record({ number: fc.constantFrom(3, 4), sizeBytes: cacheSize, table: fc.constantFrom(...WRITABLE_TABLES) }),
        (others, planned, before) => {
          const layout: PartitionLayout = {
            ...others,
            partitions: [
              ...others.partitions.filter(({ type, number }) => type !== 'CACHE' && number !== planned.number),
              { type: 'CACHE', fileSystem: null, ...planned },
            ],
          };
          const fit = fitLayout(layout, 300n * GIB);
          fc.pre(checkLayout(layout).length === 0 && fit.outcome === 'fits');
          const { table, number, sizeBytes } = before;
          const disk: SimulatedDisk = {
            number: layout.disk,
            sizeKb: Number((300n * GIB) / KIB),
            table,
            partitions: [
              {
                number,
                code: table === 'MSDOS' ? 'ca' : 'CA00',
                fileSystem: 'CACHE',
                operatingSystem: '',
                sizeKb: Number(sizeBytes / KIB),
                usedPercent: 40,
                cachedImages: ['image-test'],
              },
            ],
          };
          const pc = createPc([disk]);
          const stored = (parseDiskLayout(pc.layout())?.disks ?? []).map((each) => ({
            ...each,
            partitions: each.partitions.map((partition) => ({ ...partition, cachedImages: [] })),
          }));
          expect(carryOut(settleCache(fit.layout, stored), pc)).toBeNull();
          const stays =
            table === layout.table && number === planned.number && sizeBytes === planned.sizeBytes && !planned.format;
          const after = disk.partitions.find((partition) => partition.number === planned.number);
          expect(after).toMatchObject({ fileSystem: 'CACHE', cachedImages: stays ? ['image-test'] : [] });
        },
      ),
    );
  });
});
