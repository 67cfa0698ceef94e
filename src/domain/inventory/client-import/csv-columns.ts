import type { ImportField } from './parsed-import.ts';

/** The names of the columns, in both languages, as `normalizeHeader` leaves them. */
const FIELD_BY_HEADER: ReadonlyMap<string, ImportField> = new Map<string, ImportField>([
  ['name', 'name'],
  ['nombre', 'name'],
  ['hostname', 'name'],
  ['host', 'name'],
  ['mac', 'mac'],
  ['direccion mac', 'mac'],
  ['mac address', 'mac'],
  ['ip', 'ip'],
  ['direccion ip', 'ip'],
  ['ip address', 'ip'],
  ['netiface', 'netiface'],
  ['interfaz', 'netiface'],
  ['serial', 'serialNumber'],
  ['serial number', 'serialNumber'],
  ['serialnumber', 'serialNumber'],
  ['serialno', 'serialNumber'],
  ['numero de serie', 'serialNumber'],
  ['room', 'roomName'],
  ['aula', 'roomName'],
  ['classroom', 'roomName'],
  ['group', 'groupName'],
  ['grupo', 'groupName'],
  ['repository', 'repositoryName'],
  ['repositorio', 'repositoryName'],
  ['firmware', 'firmware'],
  ['maintenance', 'maintenance'],
  ['mantenimiento', 'maintenance'],
  ['comments', 'comments'],
  ['comentarios', 'comments'],
]);

/** Longer than any name of a column. */
const MAX_HEADER_LENGTH = 100;

function normalizeHeader(header: string): string {
  return header
    .slice(0, MAX_HEADER_LENGTH)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The field that each column of a header stands for; null for a column that means nothing to us. */
export function toImportFields(header: readonly string[]): readonly (ImportField | null)[] {
  return header.map((name) => FIELD_BY_HEADER.get(normalizeHeader(name)) ?? null);
}
