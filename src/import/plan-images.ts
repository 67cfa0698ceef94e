import type { Prisma } from '#prisma/generated/client/client.ts';
import { joinKey } from './find-existing.ts';
import type { RowLabel } from './ledger.ts';
import { partitionCodeOf, systemFamilyOf } from './legacy-codes.ts';
import { readId, readInteger, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { mapImage, mapRepository } from './map-images.ts';
import type { ImageValues } from './map-images.ts';
import { isRefusal } from './outcome.ts';
import { CREATED_BY, labelRow } from './planning.ts';
import type { Planning } from './planning.ts';
import { takeFreeName } from './read-values.ts';

/** Where repositories of 1.1 keep their files. */
const REPOSITORY_PATH = '/opt/opengnsys/images';
const FAMILY_BY_CODE: Readonly<Record<string, string>> = {
  '7': 'Windows',
  '0700': 'Windows',
  '83': 'Linux',
  '8300': 'Linux',
};

/** Repositories by their address: one that several centers have entered is one, and belongs to none of them. */
export function planRepositories({ dump, existing, placer, ledger, writes }: Planning): void {
  const taken = new Set(existing.repositoryNames.map((name) => joinKey('', name)));
  const byIp = new Map(existing.repositoriesByIp);
  const created = new Map<string, { centerId?: string | null; name: string }>();
  for (const row of dump.rows('repositorios')) {
    const label = labelRow(row, {
      kind: 'repositories',
      table: 'repositorios',
      id: 'idrepositorio',
      name: 'nombrerepositorio',
    });
    const placed = placer.place({
      row: label,
      read: () => mapRepository(row),
      match: ({ ip }) => byIp.get(ip),
      mayShare: true,
      create: (value, id) => {
        const name = takeFreeName(taken, value.name);
        if (name !== value.name) ledger.change(label, [{ code: 'NAME_REPEATED', params: { name } }]);
        const centerId = placer.findOptional(row, 'idcentro', 'centros', label);
        const repository = { ...value, name, id, centerId, path: REPOSITORY_PATH, createdBy: CREATED_BY };
        byIp.set(value.ip, id);
        created.set(id, repository);
        writes.repositories.push(repository);
      },
    });
    const first = placed?.how === 'linked' ? created.get(placed.id) : undefined;
    if (first === undefined) continue;
    ledger.change(label, [{ code: 'MERGED', params: { name: first.name } }]);
    if (placer.find('centros', readId(row, 'idcentro') ?? '0') !== first.centerId) first.centerId = null;
  }
}

/** Images by their canonical name: theirs is one row for each repository, ours one image with a replica in each. */
export function planImages(planning: Planning): void {
  const { dump, existing, placer, writes } = planning;
  const byName = new Map(existing.images);
  const replicas = new Set(existing.replicas);
  const created = new Map<string, Prisma.ImageCreateManyInput>();
  const systems = systemNamesByProfile(planning);
  for (const row of dump.rows('imagenes')) {
    const label = labelRow(row, { kind: 'images', table: 'imagenes', id: 'idimagen', name: 'nombreca' });
    const placed = placer.place({
      row: label,
      read: () => mapImage(row),
      match: ({ name }) => byName.get(name),
      mayShare: true,
      create: (value, id) => {
        const image = { id, createdBy: CREATED_BY, ...toImage(planning, row, label, value, systems) };
        byName.set(value.name, id);
        created.set(id, image);
        writes.images.push(image);
      },
    });
    if (placed === null) continue;
    const values = mapImage(row);
    if (isRefusal(values)) continue;
    const image = created.get(placed.id);
    // The newest of the copies tells what the image is now.
    if (placed.how === 'linked' && image !== undefined && values.value.revision > (image.revision ?? 0)) {
      Object.assign(image, toImage(planning, row, label, values.value, systems));
    }
    planReplica(planning, {
      row,
      label,
      imageId: placed.id,
      isNew: placed.how !== 'here',
      values: values.value,
      replicas,
    });
  }
}

interface ReplicaOf {
  row: LegacyRow;
  label: RowLabel;
  imageId: string;
  /** Whether the row was placed now. */
  isNew: boolean;
  values: ImageValues;
  replicas: Set<string>;
}

function planReplica(
  { placer, ledger, writes }: Planning,
  { row, label, imageId, isNew, values, replicas }: ReplicaOf,
): void {
  if (readId(row, 'idrepositorio') === null) return;
  ledger.count('imageReplicas', 'found');
  if (!isNew) return ledger.count('imageReplicas', 'alreadyHere');
  const repositoryId = placer.findOptional(row, 'idrepositorio', 'repositorios', label);
  if (repositoryId === null) return ledger.count('imageReplicas', 'notTaken');
  if (replicas.has(joinKey(imageId, repositoryId))) {
    ledger.change(label, [{ code: 'MERGED', params: { name: values.name } }]);
    return ledger.count('imageReplicas', 'alreadyHere');
  }
  replicas.add(joinKey(imageId, repositoryId));
  ledger.count('imageReplicas', 'created');
  const { isCaptured, revision } = values;
  writes.imageReplicas.push({
    imageId,
    repositoryId,
    ...(isCaptured ? { status: 'READY', revision } : { status: 'PENDING' }),
  });
}

function toImage(
  { placer }: Planning,
  row: LegacyRow,
  label: RowLabel,
  values: ImageValues,
  systems: ReadonlyMap<string, string>,
): Omit<Prisma.ImageCreateManyInput, 'id' | 'createdBy'> {
  const { name, description, revision, sourceDisk, sourcePartition, createdAt, comments } = values;
  const system = systems.get(readId(row, 'idperfilsoft') ?? '') ?? null;
  return {
    name,
    description,
    revision,
    sourceDisk,
    sourcePartition,
    comments,
    ...(createdAt === null ? {} : { createdAt }),
    type: systemFamilyOf(system) ?? FAMILY_BY_CODE[partitionCodeOf(readInteger(row, 'codpar'))] ?? null,
    version: system,
    softwareProfileId: placer.findOptional(row, 'idperfilsoft', 'perfilessoft', label),
    // The machine it was captured from may well be gone.
    sourceClientId: findIfThere(placer.find('ordenadores', readId(row, 'idordenador') ?? '0')),
  };
}

function systemNamesByProfile({ dump }: Planning): ReadonlyMap<string, string> {
  const systems = new Map(dump.rows('nombresos').map((row) => [readId(row, 'idnombreso'), readText(row, 'nombreso')]));
  return new Map(
    dump.rows('perfilessoft').flatMap((row): [string, string][] => {
      const [id, system] = [readId(row, 'idperfilsoft'), systems.get(readId(row, 'idnombreso'))];
      return id === null || system === null || system === undefined ? [] : [[id, system]];
    }),
  );
}

function findIfThere(place: unknown): string | null {
  return typeof place === 'string' ? place : null;
}
