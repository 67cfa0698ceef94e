import { readId, readInteger, readLocalTime, readPositive, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, parseIp } from './read-values.ts';

export interface RepositoryValues {
  name: string;
  ip: string;
  comments: string | null;
}

/** One row of `imagenes`: an image in one repository. */
export interface ImageValues {
  name: string;
  description: string | null;
  revision: number;
  /** Whether anything was ever captured under this name. */
  isCaptured: boolean;
  sourceDisk: number | null;
  sourcePartition: number | null;
  createdAt: Date | null;
  comments: string | null;
}

/** What agents and repositories take for the name of a file. */
const CANONICAL_NAME = /^[A-Za-z0-9_-]{1,50}$/;
/** Basic and incremental images are folders that only 1.1's own synchronisation knows how to restore. */
const MONOLITHIC = 1;
const CAPTURE_COLUMNS = ['fechacreacion', 'revision', 'idordenador', 'idperfilsoft'];

/** A row of `repositorios`. Its key is not taken: that is a secret of the older repository's own protocol. */
export function mapRepository(row: LegacyRow): Outcome<RepositoryValues> {
  const { name, changes } = cleanName(row.get('nombrerepositorio'));
  if (name === null) return refuse('NAME_EMPTY');
  const ip = parseIp(row.get('ip') ?? '');
  if (ip === null) return refuse('IP_INVALID', { ip: row.get('ip') ?? '' });
  return { value: { name, ip, comments: readText(row, 'comentarios') }, changes };
}

export function mapImage(row: LegacyRow): Outcome<ImageValues> {
  const name = row.get('nombreca')?.trim() ?? '';
  if (!CANONICAL_NAME.test(name)) return refuse('IMAGE_NAME_INVALID', { name });
  const type = readPositive(row, 'tipo');
  if (type !== null && type !== MONOLITHIC) return refuse('IMAGE_KIND_UNSUPPORTED', { type });
  const value: ImageValues = {
    name,
    description: readText(row, 'descripcion'),
    revision: readPositive(row, 'revision') ?? 1,
    isCaptured: isCaptured(row),
    sourceDisk: readPositive(row, 'numdisk'),
    sourcePartition: readPositive(row, 'numpar'),
    createdAt: readLocalTime(row, 'fechacreacion'),
    comments: readText(row, 'comentarios'),
  };
  return { value, changes: [] };
}

/** An image is entered in the console before it is captured; versions that do not keep track of that are believed. */
function isCaptured(row: LegacyRow): boolean {
  if (!CAPTURE_COLUMNS.some((column) => row.has(column))) return true;
  return (
    readLocalTime(row, 'fechacreacion') !== null ||
    (readInteger(row, 'revision') ?? 0) > 0 ||
    readId(row, 'idordenador') !== null ||
    readId(row, 'idperfilsoft') !== null
  );
}
