import { joinKey } from './find-existing.ts';
import type { RowLabel } from './ledger.ts';
import { readId, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { isRoomGroup, mapCenter, mapClientGroup, mapRoom, mapRoomGroup } from './map-centers.ts';
import type { GroupValues } from './map-centers.ts';
import { isRefusal } from './outcome.ts';
import type { Outcome, Refusal } from './outcome.ts';
import { CREATED_BY, labelRow, parentsFirst } from './planning.ts';
import type { Planning } from './planning.ts';
import { takeFreeName } from './read-values.ts';
import type { Remark } from './report.ts';

export function planCenters({ dump, existing, placer, ledger, writes }: Planning): void {
  const taken = new Set([...existing.centers.keys()].map((name) => joinKey('', name)));
  for (const row of dump.rows('centros')) {
    const label = labelRow(row, { kind: 'centers', table: 'centros', id: 'idcentro', name: 'nombrecentro' });
    placer.place({
      row: label,
      read: () => mapCenter(row),
      match: ({ name }) => existing.centers.get(name),
      create: (value, id) => {
        const name = takeFreeName(taken, value.name);
        if (name !== value.name) ledger.change(label, [{ code: 'NAME_REPEATED', params: { name } }]);
        writes.centers.push({ ...value, name, id, createdBy: CREATED_BY });
      },
    });
  }
}

/** Which table a tree of groups is in, what owns its groups, and where they go. */
interface GroupTree {
  kind: 'roomGroups' | 'clientGroups';
  table: string;
  nameColumn: string;
  owner: { column: string; table: string };
  rows: readonly LegacyRow[];
  map: (row: LegacyRow) => Outcome<GroupValues>;
  existing: ReadonlyMap<string, string>;
  write: (group: GroupValues & { id: string; ownerId: string; parentId: string | null }) => void;
}

export function planRoomGroups(planning: Planning): void {
  planGroups(planning, {
    kind: 'roomGroups',
    table: 'grupos',
    nameColumn: 'nombregrupo',
    owner: { column: 'idcentro', table: 'centros' },
    rows: planning.dump.rows('grupos').filter((row) => isRoomGroup(row)),
    map: mapRoomGroup,
    existing: planning.existing.roomGroups,
    write: ({ ownerId: centerId, ...group }) => {
      planning.writes.roomGroups.push({ ...group, centerId, createdBy: CREATED_BY });
    },
  });
}

export function planClientGroups(planning: Planning): void {
  planGroups(planning, {
    kind: 'clientGroups',
    table: 'gruposordenadores',
    nameColumn: 'nombregrupoordenador',
    owner: { column: 'idaula', table: 'aulas' },
    rows: planning.dump.rows('gruposordenadores'),
    map: mapClientGroup,
    existing: planning.existing.clientGroups,
    write: ({ ownerId: roomId, ...group }) => {
      planning.writes.clientGroups.push({ ...group, roomId, createdBy: CREATED_BY });
    },
  });
}

function planGroups(planning: Planning, tree: GroupTree): void {
  const { placer, ledger, owners } = planning;
  const { kind, table } = tree;
  const taken = new Set(tree.existing.keys());
  for (const { row, inCircle } of parentsFirst(tree.rows, 'idgrupo', 'grupoid')) {
    const label = labelRow(row, { kind, table, id: 'idgrupo', name: tree.nameColumn });
    placer.place({
      row: label,
      read: () => withOwner(placer.findOwner(row, tree.owner.column, tree.owner.table), () => tree.map(row)),
      match: ({ ownerId, name }) => tree.existing.get(joinKey(ownerId, name)),
      create: (value, id) => {
        const name = takeFreeName(taken, value.name, value.ownerId);
        if (name !== value.name) ledger.change(label, [{ code: 'NAME_REPEATED', params: { name } }]);
        if (inCircle) ledger.change(label, [{ code: 'GROUP_IN_CIRCLE', params: {} }]);
        const parentId = inCircle ? null : findGroup(planning, row, label, table, value.ownerId);
        owners.set(id, value.ownerId);
        tree.write({ ...value, id, name, parentId });
      },
    });
  }
}

export function planRooms(planning: Planning): void {
  const { dump, existing, placer, ledger, writes } = planning;
  const taken = new Set(existing.rooms.keys());
  for (const row of dump.rows('aulas')) {
    const label = labelRow(row, { kind: 'rooms', table: 'aulas', id: 'idaula', name: 'nombreaula' });
    placer.place({
      row: label,
      read: () => withOwner(placer.findOwner(row, 'idcentro', 'centros'), () => mapRoom(row)),
      match: ({ ownerId, name }) => existing.rooms.get(joinKey(ownerId, name)),
      create: ({ ownerId: centerId, ...value }, id) => {
        const name = takeFreeName(taken, value.name, centerId);
        if (name !== value.name) ledger.change(label, [{ code: 'NAME_REPEATED', params: { name } }]);
        const roomGroupId = findGroup(planning, row, label, 'grupos', centerId);
        const ogLiveId = findOgLive(planning, row);
        writes.rooms.push({ ...value, name, id, centerId, roomGroupId, ogLiveId, createdBy: CREATED_BY });
      },
    });
  }
}

/** The group a row is in, where that belongs to the same owner. */
export function findGroup(
  { placer, ledger, owners }: Planning,
  row: LegacyRow,
  label: RowLabel,
  table: string,
  ownerId: string,
): string | null {
  const id = placer.findOptional(row, 'grupoid', table, label);
  if (id === null || owners.get(id) === ownerId) return id;
  ledger.change(label, [{ code: 'GROUP_OF_OTHER_ROOM', params: { group: readId(row, 'grupoid') ?? '' } }]);
  return null;
}

export function findOgLive({ placer }: Planning, row: LegacyRow): string | null {
  const place = placer.find('oglivedir', readText(row, 'oglivedir') ?? '');
  return typeof place === 'string' ? place : null;
}

/** Joins a row's own values with its owner; without an owner it cannot be. */
export function withOwner<T extends object>(
  owner: { id: string } | { because: Remark } | Refusal,
  map: () => Outcome<T>,
): Outcome<T & { ownerId: string }> | { because: Remark } {
  if (!('id' in owner)) return owner;
  const outcome = map();
  if (isRefusal(outcome)) return outcome;
  return { value: { ...outcome.value, ownerId: owner.id }, changes: outcome.changes };
}
