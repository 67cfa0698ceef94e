import type { Prisma } from '#prisma/generated/client/client.ts';
import { multicastModeOf, p2pModeOf } from './legacy-codes.ts';
import { readFlag, readInteger, readPositive, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import {
  cleanName,
  createValueReader,
  parseHost,
  parseIp,
  parseIps,
  parseLine,
  parseMulticastIp,
  parseNetmask,
  within,
} from './read-values.ts';

/** What a row becomes, without the rows it belongs to: those are found by whoever places it. */
type Values<T, Foreign extends keyof T> = Omit<T, Foreign | 'id'>;

export type CenterValues = Values<Prisma.CenterCreateManyInput, 'ogLiveId' | 'menuId' | 'pxeTemplateId'>;
export type RoomValues = Values<
  Prisma.RoomCreateManyInput,
  'centerId' | 'roomGroupId' | 'ogLiveId' | 'menuId' | 'pxeTemplateId' | 'teacherClientId'
>;
export interface GroupValues {
  name: string;
  comments: string | null;
}

/** A row of which a name and a comment are all that is kept. */
function mapNamed(row: LegacyRow, nameColumn: string): Outcome<GroupValues> {
  const { name, changes } = cleanName(row.get(nameColumn));
  if (name === null) return refuse('NAME_EMPTY');
  return { value: { name, comments: readText(row, 'comentarios') }, changes };
}

/** A row of `centros`. */
export const mapCenter = (row: LegacyRow): Outcome<CenterValues> => mapNamed(row, 'nombrecentro');

/** What `grupos.tipo` has for groups of rooms; the others group images, menus and so on. */
const ROOMS = 2;

export function isRoomGroup(row: LegacyRow): boolean {
  return readInteger(row, 'tipo') === ROOMS;
}

/** A row of `grupos` whose kind is «grupo de aulas». */
export const mapRoomGroup = (row: LegacyRow): Outcome<GroupValues> => mapNamed(row, 'nombregrupo');

/** A row of `gruposordenadores`. */
export const mapClientGroup = (row: LegacyRow): Outcome<GroupValues> => mapNamed(row, 'nombregrupoordenador');

const parsePort = within(1, 65_535);
const parseHour = within(0, 24);

/** A row of `aulas`, with the network settings that its clients inherit. */
export function mapRoom(row: LegacyRow): Outcome<RoomValues> {
  const { name, changes } = cleanName(row.get('nombreaula'));
  if (name === null) return refuse('NAME_EMPTY');
  const values = createValueReader(row);
  const [from, until] = [readInteger(row, 'horaresevini'), readInteger(row, 'horaresevfin')];
  const hasHours = from !== null && until !== null && from < until;
  const value: RoomValues = {
    name,
    location: readText(row, 'ubicacion'),
    seats: readPositive(row, 'puestos'),
    hasProjector: readFlag(row, 'cagnon'),
    hasBoard: readFlag(row, 'pizarra'),
    photo: readText(row, 'urlfoto'),
    remoteAccess: readFlag(row, 'inremotepc'),
    reservableFromHour: hasHours ? parseHour(String(from)) : null,
    reservableUntilHour: hasHours ? parseHour(String(until)) : null,
    validation: readFlag(row, 'validacion'),
    loginPage: values.read('paginalogin', parseLine),
    validationPage: values.read('paginavalidacion', parseLine),
    routerIp: values.read('router', parseIp),
    netmask: values.read('netmask', parseNetmask),
    dns: values.read('dns', parseIps) ?? [],
    ntp: values.read('ntp', parseHost),
    proxy: values.read('proxy', parseLine),
    multicastIp: values.read('ipmul', parseMulticastIp),
    multicastPort: values.read('pormul', parsePort),
    multicastMode: values.read('modomul', multicastModeOf),
    multicastSpeedMbps: readPositive(row, 'velmul'),
    p2pMode: values.read('modp2p', p2pModeOf),
    p2pSeedSeconds: readPositive(row, 'timep2p'),
    comments: readText(row, 'comentarios'),
  };
  return { value, changes: [...changes, ...values.changes] };
}
