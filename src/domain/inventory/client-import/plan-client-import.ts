import { isHostIn } from '#domain/inventory/network-range.ts';
import type { MessageParams } from '#domain/message-params.ts';
import type { ImportField, ImportProblemCode, ImportRow } from './parsed-import.ts';

/** What can be wrong with a row besides what the reader of the file finds: all of it is about what there is already. */
export const PLACE_PROBLEM_CODES = [
  /** On `mac`: a client has it. `client`, `room`: which. */
  'ALREADY_EXISTS',
  /** On `ip`: another client has it. `client`, `room`: which. */
  'IP_TAKEN',
  /** On `roomName`: neither the row nor the request names a room. No parameters. */
  'NO_ROOM',
  /** On `roomName`, `groupName`, `repositoryName`: there is none of that name. `value`. */
  'NOT_FOUND',
  /** On `ip`: the client has a job that has not ended, by whose end its agent must be found there. No parameters. */
  'JOB_IN_HAND',
  /** On `ip`: it lies outside of the subnet. `network`. */
  'OUTSIDE_NETWORK',
] as const;

export type RowProblemCode = ImportProblemCode | (typeof PLACE_PROBLEM_CODES)[number];

export interface RowProblem {
  code: RowProblemCode;
  field: ImportField | null;
  params: MessageParams;
}

export type ImportDecision = 'CREATE' | 'UPDATE' | 'SKIP' | 'REFUSE';
export type ExistingClientPolicy = 'REFUSE' | 'SKIP' | 'UPDATE';

/** Everything that there is already and that a row may meet with. */
export interface ImportSurroundings {
  onExisting: ExistingClientPolicy;
  /** Where clients go whose row names no room; null where each row has to. */
  roomId: string | null;
  groupId: string | null;
  repositoryId: string | null;
  /** The subnet that all addresses must be in; null where each finds its own. */
  subnet: { id: string; cidr: string } | null;
  subnets: readonly { id: string; cidr: string }[];
  /** By name. */
  rooms: ReadonlyMap<string, string>;
  /** By room and name: see `groupKey`. */
  groups: ReadonlyMap<string, string>;
  repositories: ReadonlyMap<string, string>;
  /** Clients that have one of the rows' MAC or IP addresses. */
  clients: readonly ExistingClient[];
}

export interface ExistingClient extends ImportedClient {
  id: string;
  roomName: string;
  /** Whether it has a job that has not ended. */
  isBusy: boolean;
}

/** A row of the file with what is to become of it. */
export interface PlannedRow {
  row: ImportRow;
  decision: ImportDecision;
  problems: readonly RowProblem[];
  /** The client that it is about already. */
  clientId: string | null;
  /** Columns to write; null where nothing is. */
  data: ImportedClient | null;
}

export interface ImportedClient {
  name: string;
  mac: string;
  ip: string;
  roomId: string;
  groupId: string | null;
  subnetId: string | null;
  repositoryId: string | null;
  netiface: string | null;
  serialNumber: string | null;
  firmware: 'BIOS' | 'UEFI' | null;
  maintenance: boolean | null;
  comments: string | null;
}

/** As long as the same fields may be when they are typed in. */
const MAX_LENGTHS = { netiface: 15, serialNumber: 100, comments: 4000 } as const;

export function groupKey(roomId: string, name: string): string {
  return `${roomId}/${name}`;
}

/** What is to become of each row, in the order of the file. Pure: the same rows among the same things give the same plan. */
export function planClientImport(rows: readonly ImportRow[], around: ImportSurroundings): readonly PlannedRow[] {
  const byMac = new Map(around.clients.map((client) => [client.mac, client]));
  const byIp = new Map(around.clients.map((client) => [client.ip, client]));
  return rows.map((row) => planRow(row, around, byMac, byIp));
}

function planRow(
  row: ImportRow,
  around: ImportSurroundings,
  byMac: ReadonlyMap<string, ExistingClient>,
  byIp: ReadonlyMap<string, ExistingClient>,
): PlannedRow {
  const problems: RowProblem[] = [...row.problems, ...findTooLong(row)];
  const existing = row.mac === null ? undefined : byMac.get(row.mac);
  if (existing !== undefined && around.onExisting === 'SKIP') {
    return { row, decision: problems.length > 0 ? 'REFUSE' : 'SKIP', problems, clientId: existing.id, data: null };
  }
  if (existing !== undefined && around.onExisting === 'REFUSE') {
    problems.push({ code: 'ALREADY_EXISTS', field: 'mac', params: { client: existing.name, room: existing.roomName } });
  }
  const neighbour = row.ip === null ? undefined : byIp.get(row.ip);
  if (neighbour !== undefined && neighbour.id !== existing?.id) {
    problems.push({ code: 'IP_TAKEN', field: 'ip', params: { client: neighbour.name, room: neighbour.roomName } });
  }
  if (existing?.isBusy === true && around.onExisting === 'UPDATE' && row.ip !== null && row.ip !== existing.ip) {
    problems.push({ code: 'JOB_IN_HAND', field: 'ip', params: {} });
  }
  const place = findPlace(row, around, existing ?? null, problems);
  const subnetId = findSubnet(row, around, problems);
  const clientId = existing?.id ?? null;
  const { name, mac, ip, netiface, serialNumber, firmware, maintenance, comments } = row;
  if (problems.length > 0 || place === null || name === null || mac === null || ip === null) {
    return { row, decision: 'REFUSE', problems, clientId, data: null };
  }
  const data = { name, mac, ip, netiface, serialNumber, firmware, maintenance, comments, subnetId, ...place };
  if (existing === undefined) return { row, decision: 'CREATE', problems, clientId, data };
  const said = changesOf(data);
  const isSame = Object.entries(said).every(([column, value]) => existing[column as keyof ImportedClient] === value);
  return isSame
    ? { row, decision: 'SKIP', problems, clientId, data: null }
    : { row, decision: 'UPDATE', problems, clientId, data };
}

type Said<T> = { [Column in keyof T]?: NonNullable<T[Column]> };

/** What a row writes of a client that is there: what the file does not say of it stays as it is. */
export function changesOf({
  mac: _mac,
  groupId,
  subnetId,
  ...data
}: ImportedClient): Said<typeof data> & { groupId: string | null; subnetId: string | null } {
  const said = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null)) as Said<typeof data>;
  return { ...said, groupId, subnetId };
}

function findTooLong(row: ImportRow): RowProblem[] {
  return (Object.keys(MAX_LENGTHS) as (keyof typeof MAX_LENGTHS)[])
    .filter((field) => (row[field]?.length ?? 0) > MAX_LENGTHS[field])
    .map((field) => ({
      code: 'TOO_LONG',
      field,
      params: { max: MAX_LENGTHS[field], value: (row[field] ?? '').slice(0, 80) },
    }));
}

/** Room, group and repository: by the row's own words, else the request's, else where an existing client is already. */
function findPlace(
  row: ImportRow,
  around: ImportSurroundings,
  existing: ExistingClient | null,
  problems: RowProblem[],
): { roomId: string; groupId: string | null; repositoryId: string | null } | null {
  const missing = (field: ImportField, value: string) => {
    problems.push({ code: 'NOT_FOUND', field, params: { value } });
    return null;
  };
  const { roomName, groupName, repositoryName } = row;
  const roomId =
    roomName === null
      ? (around.roomId ?? existing?.roomId ?? null)
      : (around.rooms.get(roomName) ?? missing('roomName', roomName));
  const repositoryId =
    repositoryName === null
      ? around.repositoryId
      : (around.repositories.get(repositoryName) ?? missing('repositoryName', repositoryName));
  if (roomId === null) {
    if (roomName === null) problems.push({ code: 'NO_ROOM', field: 'roomName', params: {} });
    return null;
  }
  const usual = roomId === around.roomId ? around.groupId : null;
  const kept = existing?.roomId === roomId ? existing.groupId : null;
  const groupId =
    groupName === null
      ? (usual ?? kept)
      : (around.groups.get(groupKey(roomId, groupName)) ?? missing('groupName', groupName));
  return { roomId, groupId, repositoryId };
}

function findSubnet({ ip }: ImportRow, { subnet, subnets }: ImportSurroundings, problems: RowProblem[]): string | null {
  if (ip === null) return null;
  if (subnet === null) return subnets.find(({ cidr }) => isHostIn(cidr, ip))?.id ?? null;
  if (isHostIn(subnet.cidr, ip)) return subnet.id;
  problems.push({ code: 'OUTSIDE_NETWORK', field: 'ip', params: { network: subnet.cidr } });
  return null;
}
