import { createId } from '#lib/create-id.ts';
import type { RowLabel } from './ledger.ts';
import { readId, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { isDiskRow, mapDisk, mapPartition } from './map-disks.ts';
import type { PartitionNames } from './map-disks.ts';
import { isRefusal } from './outcome.ts';
import type { ClientsWithoutDisks } from './plan-clients.ts';
import { groupRows } from './planning.ts';
import type { Planning } from './planning.ts';

const TABLE = 'ordenadores_particiones';

/** The disks and partitions of the clients that have none here yet; whoever has some knows better than a dump. */
export function planDisks(planning: Planning, clients: ClientsWithoutDisks): void {
  const { dump, placer, ledger } = planning;
  const names = createNames(planning);
  const imageIds = findImageIds(planning);
  for (const [legacyId, rows] of groupRows(dump.rows(TABLE), 'idordenador')) {
    const disks = rows.filter(isDiskRow);
    const partitions = rows.filter((row) => !isDiskRow(row));
    ledger.count('disks', 'found', disks.length);
    ledger.count('partitions', 'found', partitions.length);
    const client = placer.find('ordenadores', legacyId);
    if (typeof client === 'string') {
      if (clients.has(legacyId)) {
        planDisksOf(planning, { legacyId, clientId: client, disks, partitions, names, imageIds });
      } else {
        ledger.count('disks', 'alreadyHere', disks.length);
        ledger.count('partitions', 'alreadyHere', partitions.length);
      }
      continue;
    }
    const label: RowLabel = { kind: disks.length > 0 ? 'disks' : 'partitions', table: TABLE, legacyId, name: '' };
    const lost = { disks: disks.length, partitions: partitions.length };
    // A remark of its own counts as one row.
    if (client === undefined) lost[disks.length > 0 ? 'disks' : 'partitions'] -= 1;
    const cause = client ?? ledger.refuse(label, 'OWNER_MISSING', { table: 'ordenadores', id: legacyId });
    for (const kind of ['disks', 'partitions'] as const) {
      if (lost[kind] > 0) ledger.refuseBecause({ ...label, kind }, cause, lost[kind]);
    }
  }
}

interface ClientDisks {
  legacyId: string;
  clientId: string;
  disks: readonly LegacyRow[];
  partitions: readonly LegacyRow[];
  names: (row: LegacyRow) => PartitionNames;
  imageIds: ReadonlyMap<string, string>;
}

function planDisksOf(
  planning: Planning,
  { legacyId, clientId, disks, partitions, names, imageIds }: ClientDisks,
): void {
  const { placer, ledger, writes } = planning;
  const diskIds = new Map<number, string>();
  const seen = new Set<string>();
  const label = (kind: 'disks' | 'partitions', row: LegacyRow): RowLabel => {
    const place = `${row.get('numdisk') ?? ''}/${row.get('numpar') ?? ''}`;
    return { kind, table: TABLE, legacyId: `${legacyId}/${place}`, name: place };
  };
  for (const row of disks) {
    const outcome = mapDisk(row);
    if (isRefusal(outcome)) ledger.refuse(label('disks', row), outcome.refused, outcome.params);
    else if (diskIds.has(outcome.value.number)) ledger.refuse(label('disks', row), 'ALREADY_LISTED', {});
    else {
      const id = createId();
      diskIds.set(outcome.value.number, id);
      ledger.count('disks', 'created');
      writes.disks.push({ ...outcome.value, id, clientId });
    }
  }
  for (const row of partitions) {
    const rowLabel = label('partitions', row);
    const outcome = mapPartition(row, names(row));
    if (isRefusal(outcome)) {
      ledger.refuse(rowLabel, outcome.refused, outcome.params);
      continue;
    }
    const { disk, cachedImages, ...value } = outcome.value;
    const place = `${disk}/${value.number}`;
    if (seen.has(place)) {
      ledger.refuse(rowLabel, 'ALREADY_LISTED', {});
      continue;
    }
    seen.add(place);
    let diskId = diskIds.get(disk);
    if (diskId === undefined) {
      diskId = createId();
      diskIds.set(disk, diskId);
      writes.disks.push({ id: diskId, clientId, number: disk, sizeBytes: 0n, partitionTable: 'UNKNOWN' });
      ledger.change(rowLabel, [{ code: 'DISK_ASSUMED', params: { disk } }]);
    }
    const id = createId();
    const imageId = placer.findOptional(row, 'idimagen', 'imagenes', rowLabel);
    ledger.count('partitions', 'created');
    writes.partitions.push({
      ...value,
      id,
      clientId,
      diskId,
      imageId,
      imageRevision: imageId === null ? null : value.imageRevision,
      softwareProfileId: placer.findOptional(row, 'idperfilsoft', 'perfilessoft', rowLabel),
    });
    for (const name of cachedImages) {
      ledger.count('cachedImages', 'found');
      ledger.count('cachedImages', 'created');
      writes.cachedImages.push({ partitionId: id, name, imageId: imageIds.get(name) ?? null });
    }
  }
}

/** The names behind the numbers of filesystems and systems. */
function createNames({ dump }: Planning): (row: LegacyRow) => PartitionNames {
  const fileSystems = new Map(
    dump.rows('sistemasficheros').map((row) => [readId(row, 'idsistemafichero'), readText(row, 'descripcion')]),
  );
  const systems = new Map(dump.rows('nombresos').map((row) => [readId(row, 'idnombreso'), readText(row, 'nombreso')]));
  return (row) => ({
    fileSystem: fileSystems.get(readId(row, 'idsistemafichero')) ?? null,
    operatingSystem: systems.get(readId(row, 'idnombreso')) ?? null,
  });
}

function findImageIds({ existing, writes }: Planning): ReadonlyMap<string, string> {
  return new Map([...existing.images, ...writes.images.map(({ name, id }) => [name, id ?? ''] as const)]);
}
