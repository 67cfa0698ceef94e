import { parseMac } from '#domain/inventory/mac.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { readFlag, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, createValueReader, parseIp, parseLine } from './read-values.ts';

export type ClientValues = Pick<
  Prisma.ClientCreateManyInput,
  | 'name'
  | 'mac'
  | 'ip'
  | 'serialNumber'
  | 'netiface'
  | 'netDriver'
  | 'validation'
  | 'loginPage'
  | 'validationPage'
  | 'maintenance'
  | 'remoteAccess'
  | 'photo'
>;

/** The picture that the console shows for a client nobody chose one for. */
const NO_PHOTO = 'fotoordenador.gif';
/** What a card says that has no address of its own, and the address that means everybody. */
const NOBODYS_MACS = new Set(['00:00:00:00:00:00', 'FF:FF:FF:FF:FF:FF']);

/** A row of `ordenadores`. Its agent's key is not taken: that is a secret of the server it was made for. */
export function mapClient(row: LegacyRow): Outcome<ClientValues> {
  const { name, changes } = cleanName(row.get('nombreordenador'));
  if (name === null) return refuse('NAME_EMPTY');
  const mac = parseMac(row.get('mac') ?? '');
  if (mac === null || NOBODYS_MACS.has(mac)) return refuse('MAC_INVALID', { mac: row.get('mac') ?? '' });
  const ip = parseIp(row.get('ip') ?? '');
  if (ip === null) return refuse('IP_INVALID', { ip: row.get('ip') ?? '' });
  const values = createValueReader(row);
  const photo = readText(row, 'fotoord');
  const value: ClientValues = {
    name,
    mac,
    ip,
    serialNumber: values.read('numserie', parseLine),
    netiface: readText(row, 'netiface'),
    netDriver: readText(row, 'netdriver'),
    validation: readFlag(row, 'validacion'),
    loginPage: values.read('paginalogin', parseLine),
    validationPage: values.read('paginavalidacion', parseLine),
    maintenance: readFlag(row, 'maintenance'),
    remoteAccess: readFlag(row, 'inremotepc'),
    photo: photo === NO_PHOTO ? null : photo,
  };
  return { value, changes: [...changes, ...values.changes] };
}
