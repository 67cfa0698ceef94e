import { DEVICE_ERROR, PARTITION_ERROR } from '#simulator/engine-errors.ts';
import type { SimulatedDisk, SimulatedPartition } from '#simulator/simulated-machine.ts';
import type { EnginePc, EngineWork } from './engine-work.ts';
import { parseLayout } from './parse-layout.ts';
import type { Layout, LayoutEntry } from './parse-layout.ts';
import { toPartitionCode } from './partition-codes.ts';
import { readObject, readOrder } from './read-order.ts';

const PRIMARY_PARTITIONS = 4;
const GPT_PARTITIONS = 128;

/** Configurar: partitions a disk anew and formats what is to be formatted. */
export function configureDisk(body: unknown): EngineWork {
  const raw = readObject(body);
  const cfg = Array.isArray(raw['cfg']) ? JSON.stringify(raw['cfg']) : raw['cfg'];
  const order = readOrder(cfg === undefined ? raw : { ...raw, cfg }, 'Configurar', ['dsk', 'cfg']);
  const layout = parseLayout(order.cfg);
  if (layout.disk !== order.dsk) throw new Error('cfg describes another disk than dsk');
  const diskOf = ({ disks }: EnginePc) => disks.find(({ number }) => String(number) === order.dsk);
  return {
    ids: order.ids,
    check(pc) {
      const disk = diskOf(pc);
      if (disk === undefined) return DEVICE_ERROR;
      return fits(layout, disk) ? null : PARTITION_ERROR;
    },
    begin(pc) {
      const disk = diskOf(pc);
      if (disk === undefined) return;
      const table = layout.table ?? disk.table;
      const old = table === disk.table ? disk.partitions : [];
      disk.table = table;
      disk.partitions = layout.entries
        .toSorted((one, other) => one.number - other.number)
        .map((entry) => old.find((it) => isKept(it, entry, table)) ?? toRawPartition(entry, table));
      if (
        pc.restoredLast !== null &&
        !pc.disks.some(({ partitions }) => partitions.some((it) => it === pc.restoredLast))
      ) {
        pc.restoredLast = null;
      }
    },
    finish(pc) {
      for (const entry of layout.entries) {
        const partition = diskOf(pc)?.partitions.find(({ number }) => number === entry.number);
        // A new cache is always formatted: without its file system it would be none.
        const isNewCache = entry.type === 'CACHE' && partition?.fileSystem === 'EMPTY';
        if (partition !== undefined && (entry.operation === '1' || isNewCache)) format(partition, entry);
      }
      return null;
    },
    result: (pc) => ({ cfg: pc.layout() }),
  };
}

function fits({ table, entries }: Layout, disk: SimulatedDisk): boolean {
  const kind = table ?? disk.table;
  const hasExtended = entries.some(({ type }) => type === 'EXTENDED');
  const most = kind === 'GPT' || hasExtended ? GPT_PARTITIONS : PRIMARY_PARTITIONS;
  // Logical partitions lie inside the extended one.
  const outer = entries.filter(({ number }) => kind === 'GPT' || number <= PRIMARY_PARTITIONS);
  return (
    entries.every(({ number, type, sizeKb }) => {
      return number <= most && sizeKb > 0 && toPartitionCode(type, kind) !== null;
    }) && outer.reduce((sum, { sizeKb }) => sum + sizeKb, 0) <= disk.sizeKb
  );
}

/** Nothing is written to a partition that stays where it is, as it is: so the images in a cache survive. */
function isKept(old: SimulatedPartition, entry: LayoutEntry, table: SimulatedDisk['table']): boolean {
  const code = toPartitionCode(entry.type, table);
  return (
    old.number === entry.number &&
    old.sizeKb === entry.sizeKb &&
    code !== null &&
    old.code.toUpperCase().replace(/^0+(?=.)/, '') === code.toUpperCase().replace(/^0+(?=.)/, '')
  );
}

function toRawPartition({ number, type, sizeKb }: LayoutEntry, table: SimulatedDisk['table']): SimulatedPartition {
  const code = toPartitionCode(type, table) ?? '0';
  return { number, code, fileSystem: 'EMPTY', operatingSystem: '', sizeKb, usedPercent: 0 };
}

function format(partition: SimulatedPartition, { type, fileSystem }: LayoutEntry): void {
  const isCache = type === 'CACHE';
  Object.assign(partition, {
    fileSystem: isCache ? 'CACHE' : fileSystem || 'EMPTY',
    operatingSystem: '',
    usedPercent: 1,
    ...(isCache && { cachedImages: [] }),
  });
}
