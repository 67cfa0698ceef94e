import { joinKey } from './find-existing.ts';
import type { RowLabel } from './ledger.ts';
import { readId, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { mapMenu, mapProcedure } from './map-menus.ts';
import { mapComponent, mapProfile, mapSoftware } from './map-profiles.ts';
import type { ProfileValues } from './map-profiles.ts';
import type { Outcome } from './outcome.ts';
import { refuse } from './outcome.ts';
import { CREATED_BY, groupRows, labelRow } from './planning.ts';
import type { LabelColumns, Planning } from './planning.ts';
import { cleanName, takeFreeName } from './read-values.ts';

/** The folder that stands for whichever ogLive is the usual one. */
const USUAL_OGLIVE = 'ogLive';

/** Every folder of an ogLive that a room or a client names, as an ogLive. */
export function planOgLives({ dump, existing, placer, writes }: Planning): void {
  const uses = new Map<string, number>();
  for (const row of [...dump.rows('aulas'), ...dump.rows('ordenadores')]) {
    const directory = readText(row, 'oglivedir');
    if (directory !== null && directory !== '0') uses.set(directory, (uses.get(directory) ?? 0) + 1);
  }
  const created: { directory: string; id: string }[] = [];
  for (const directory of uses.keys()) {
    placer.place({
      row: { kind: 'ogLives', table: 'oglivedir', legacyId: directory, name: directory },
      read: () => {
        const { name, changes } = cleanName(directory);
        return name === null ? refuse('NAME_EMPTY') : { value: { name, directory }, changes };
      },
      match: ({ name }) => existing.ogLives.get(name),
      mayShare: true,
      create: (value, id) => {
        created.push({ directory, id });
        writes.ogLives.push({ ...value, id, createdBy: CREATED_BY });
      },
    });
  }
  if (existing.hasDefaultOgLive) return;
  const mostUsed = created.toSorted((a, b) => (uses.get(b.directory) ?? 0) - (uses.get(a.directory) ?? 0))[0];
  const usual = created.find(({ directory }) => directory === USUAL_OGLIVE) ?? mostUsed;
  for (const ogLive of writes.ogLives) ogLive.isDefault = ogLive.id === usual?.id;
}

/** Rows that have a name of their own in the whole installation. */
function placeNamed<T extends { name: string }>(
  { placer, ledger }: Planning,
  rows: readonly LegacyRow[],
  columns: LabelColumns,
  existing: ReadonlyMap<string, string>,
  read: (row: LegacyRow) => Outcome<T>,
  create: (value: T, id: string, row: LegacyRow, label: RowLabel) => void,
): void {
  const taken = new Set([...existing.keys()].map((name) => joinKey('', name)));
  for (const row of rows) {
    const label = labelRow(row, columns);
    placer.place({
      row: label,
      read: () => read(row),
      match: ({ name }) => existing.get(name),
      create: (value, id) => {
        const name = takeFreeName(taken, value.name);
        if (name !== value.name) ledger.change(label, [{ code: 'NAME_REPEATED', params: { name } }]);
        create({ ...value, name }, id, row, label);
      },
    });
  }
}

export function planMenus(planning: Planning): void {
  const columns = { kind: 'menus', table: 'menus', id: 'idmenu', name: 'descripcion' } as const;
  placeNamed(planning, planning.dump.rows('menus'), columns, planning.existing.menus, mapMenu, (value, id) => {
    planning.writes.menus.push({ ...value, id, createdBy: CREATED_BY });
  });
}

export function planCommands(planning: Planning): void {
  const steps = groupRows(planning.dump.rows('procedimientos_acciones'), 'idprocedimiento');
  placeNamed(
    planning,
    planning.dump.rows('procedimientos'),
    { kind: 'commands', table: 'procedimientos', id: 'idprocedimiento', name: 'descripcion' },
    planning.existing.commands,
    (row) => mapProcedure(row, steps.get(readId(row, 'idprocedimiento') ?? '') ?? []),
    (value, id) => {
      planning.writes.commands.push({ ...value, id, action: 'RUN_SCRIPT', createdBy: CREATED_BY });
    },
  );
}

export function planSoftware(planning: Planning): void {
  const { dump, existing, placer, writes } = planning;
  const known = new Map(existing.software);
  for (const row of dump.rows('softwares')) {
    placer.place({
      row: labelRow(row, { kind: 'software', table: 'softwares', id: 'idsoftware', name: 'descripcion' }),
      read: () => mapSoftware(row),
      match: ({ kind, name }) => known.get(joinKey(kind, name)),
      mayShare: true,
      create: (value, id) => {
        known.set(joinKey(value.kind, value.name), id);
        writes.software.push({ ...value, id });
      },
    });
  }
  planProfiles(planning, {
    columns: { kind: 'softwareProfiles', table: 'perfilessoft', id: 'idperfilsoft', name: 'descripcion' },
    existing: existing.softwareProfiles,
    items: { table: 'softwares', joinTable: 'perfilessoft_softwares', column: 'idsoftware' },
    write: (value) => writes.softwareProfiles.push(value),
    join: (pair) => writes.softwareOfProfiles.push(pair),
  });
}

export function planHardware(planning: Planning): void {
  const { dump, existing, placer, writes } = planning;
  const known = new Map(existing.hardwareComponents);
  const mnemonics = new Map(
    dump.rows('tipohardwares').map((row) => [readId(row, 'idtipohardware'), readText(row, 'nemonico')]),
  );
  for (const row of dump.rows('hardwares')) {
    placer.place({
      row: labelRow(row, { kind: 'hardwareComponents', table: 'hardwares', id: 'idhardware', name: 'descripcion' }),
      read: () => mapComponent(row, mnemonics.get(readId(row, 'idtipohardware')) ?? null),
      match: ({ kind, description }) => known.get(joinKey(kind, description)),
      mayShare: true,
      create: (value, id) => {
        known.set(joinKey(value.kind, value.description), id);
        writes.hardwareComponents.push({ ...value, id });
      },
    });
  }
  planProfiles(planning, {
    columns: { kind: 'hardwareProfiles', table: 'perfileshard', id: 'idperfilhard', name: 'descripcion' },
    existing: existing.hardwareProfiles,
    items: { table: 'hardwares', joinTable: 'perfileshard_hardwares', column: 'idhardware' },
    write: (value) => writes.hardwareProfiles.push(value),
    join: (pair) => writes.componentsOfProfiles.push(pair),
  });
}

interface ProfileTables {
  columns: LabelColumns;
  existing: ReadonlyMap<string, string>;
  items: { table: string; joinTable: string; column: string };
  write: (profile: ProfileValues & { id: string; createdBy: string }) => void;
  join: (pair: { item: string; profile: string }) => void;
}

/** Profiles with what is in them. A profile that was here before keeps what it has. */
function planProfiles(planning: Planning, { columns, existing, items, write, join }: ProfileTables): void {
  const itemRows = groupRows(planning.dump.rows(items.joinTable), columns.id);
  placeNamed(planning, planning.dump.rows(columns.table), columns, existing, mapProfile, (value, id, row, label) => {
    write({ ...value, id, createdBy: CREATED_BY });
    const found = (itemRows.get(readId(row, columns.id) ?? '') ?? []).map((itemRow) =>
      planning.placer.findOptional(itemRow, items.column, items.table, { ...label, table: items.joinTable }),
    );
    for (const item of new Set(found)) {
      if (item !== null) join({ item, profile: id });
    }
  });
}
