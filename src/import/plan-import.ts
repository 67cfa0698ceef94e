import { createPlacer } from './create-placer.ts';
import type { Existing } from './find-existing.ts';
import { createLedger } from './ledger.ts';
import { isRoomGroup } from './map-centers.ts';
import { planClients, planTeachers } from './plan-clients.ts';
import { planDisks } from './plan-disks.ts';
import { planImages, planRepositories } from './plan-images.ts';
import { planCommands, planHardware, planMenus, planOgLives, planSoftware } from './plan-library.ts';
import { planCenters, planClientGroups, planRoomGroups, planRooms } from './plan-structure.ts';
import type { Planning } from './planning.ts';
import type { LegacyDump } from './read-dump.ts';
import type { ImportReport, Kind, TableNotTaken } from './report.ts';
import { tableSentence, TABLES_NOT_TAKEN } from './sentences.ts';
import { createWrites } from './writes.ts';
import type { Writes } from './writes.ts';

/** What would be written, and what the report will say. */
export interface ImportPlan {
  writes: Writes;
  findings: Pick<ImportReport, 'kinds' | 'remarks' | 'tablesNotTaken'>;
}

/** Which kind of ours the rows of a table become: where a row cannot even be read, that is all that is known of it. */
const KIND_OF_TABLE: Readonly<Record<string, Kind>> = {
  centros: 'centers',
  grupos: 'roomGroups',
  aulas: 'rooms',
  gruposordenadores: 'clientGroups',
  ordenadores: 'clients',
  ordenadores_particiones: 'partitions',
  repositorios: 'repositories',
  imagenes: 'images',
  perfilessoft: 'softwareProfiles',
  softwares: 'software',
  perfileshard: 'hardwareProfiles',
  hardwares: 'hardwareComponents',
  menus: 'menus',
  procedimientos: 'commands',
};

/** Tables whose rows are needed to make sense of the others. */
const HELPERS = [
  'entornos',
  'nombresos',
  'perfileshard_hardwares',
  'perfilessoft_softwares',
  'procedimientos_acciones',
  'sistemasficheros',
  'tipohardwares',
];

/** The tables of which rows are read. */
export const TABLES_READ: ReadonlySet<string> = new Set([...Object.keys(KIND_OF_TABLE), ...HELPERS]);

/** Every part of the plan, owners before what they own. */
const STEPS: readonly ((planning: Planning) => void)[] = [
  planCenters,
  planOgLives,
  planMenus,
  planCommands,
  planSoftware,
  planHardware,
  planRepositories,
  planRoomGroups,
  planRooms,
  planClientGroups,
  (planning) => {
    const withoutDisks = planClients(planning);
    planTeachers(planning);
    planImages(planning);
    planDisks(planning, withoutDisks);
  },
];

export interface PlanOptions {
  dump: LegacyDump;
  existing: Existing;
  againDeleted: boolean;
  /** Called with the steps done and their number. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Decides about every row of a dump without touching the database.
 *
 * What an earlier import of the same source brought is left as it is, so the same dump twice changes nothing. What is here
 * otherwise is recognized: a center, menu, profile or command by its name, a room or group by its name and place, a client by
 * its MAC, a repository by its address, an image by its canonical name.
 */
export function planImport({ dump, existing, againDeleted, onProgress }: PlanOptions): ImportPlan {
  const ledger = createLedger();
  const writes = createWrites();
  const placer = createPlacer({ existing, ledger, writes, againDeleted });
  const planning: Planning = { dump, existing, ledger, placer, writes, owners: new Map(existing.ownerOf) };
  for (const [table, count] of dump.malformed) {
    const kind = KIND_OF_TABLE[table];
    if (kind === undefined) continue;
    ledger.count(kind, 'found', count);
    ledger.count(kind, 'notTaken', count - 1);
    ledger.refuse({ kind, table, legacyId: '', name: '' }, 'ROW_MALFORMED', { count });
  }
  for (const [index, step] of STEPS.entries()) {
    step(planning);
    onProgress?.(index + 1, STEPS.length);
  }
  return { writes, findings: { ...ledger.close(), tablesNotTaken: findTablesNotTaken(dump) } };
}

function findTablesNotTaken(dump: LegacyDump): TableNotTaken[] {
  const otherGroups = dump.rows('grupos').filter((row) => !isRoomGroup(row)).length;
  const counts = TABLES_NOT_TAKEN.map((table) => ({
    table,
    rows: table === 'grupos' ? otherGroups : (dump.rowCounts.get(table) ?? 0),
  }));
  return counts
    .filter(({ rows }) => rows > 0)
    .map(({ table, rows }) => ({ table, rows, es: tableSentence(table, 'es'), en: tableSentence(table, 'en') }));
}
