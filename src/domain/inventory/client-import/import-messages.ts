import type { MessageParams } from '#domain/message-params.ts';
import type { Sentence } from '#domain/message-params.ts';
import { fill } from '#domain/messages.ts';
import type { Locale } from '#lib/locale.ts';
import type { RowProblemCode } from './plan-client-import.ts';

const PROBLEMS: Record<RowProblemCode, Sentence> = {
  MISSING: { es: 'Falta.', en: 'It is missing.' },
  TOO_LONG: { es: 'Como máximo {max} caracteres.', en: 'At most {max} characters.' },
  BAD_CHARACTERS: { es: 'Contiene caracteres de control: {value}', en: 'It contains control characters: {value}' },
  BAD_ENCODING: {
    es: 'El fichero se ha leído con otra codificación: {value}',
    en: 'The file was read in another encoding: {value}',
  },
  BAD_MAC: { es: 'No es la dirección MAC de un equipo: {value}', en: 'It is no MAC address of one machine: {value}' },
  BAD_IP: { es: 'No es la dirección IPv4 de un equipo: {value}', en: 'It is no IPv4 address of a machine: {value}' },
  ADDRESS_IS_NAME: { es: 'Es un nombre, no una dirección: {value}', en: 'It is a name, not an address: {value}' },
  SEVERAL_ADDRESSES: { es: 'Hay varias direcciones: {value}', en: 'There are several addresses: {value}' },
  BAD_HARDWARE_TYPE: { es: 'No es Ethernet: {value}', en: 'It is not Ethernet: {value}' },
  OTHER_IDENTIFIER: {
    es: 'No se identifica por su MAC, sino por: {value}',
    en: 'It is known not by its MAC address but by: {value}',
  },
  BAD_VALUE: { es: 'Valor no válido: {value}', en: 'No valid value: {value}' },
  WRONG_CELL_COUNT: {
    es: 'Tiene {found} celdas y la cabecera {expected}.',
    en: 'It has {found} cells and the header {expected}.',
  },
  UNKNOWN_FORMAT: {
    es: 'No es dhcpd.conf, ni JSON de Kea, ni CSV con cabecera.',
    en: 'It is neither dhcpd.conf, nor JSON of Kea, nor CSV with a header.',
  },
  NO_CLIENTS: { es: 'No describe ningún cliente.', en: 'It describes no client.' },
  SYNTAX_ERROR: { es: 'Error de sintaxis.', en: 'Syntax error.' },
  TOO_DEEP: { es: 'Más de {max} bloques anidados.', en: 'More than {max} nested blocks.' },
  TOO_MANY_ROWS: { es: 'Más de {max} clientes.', en: 'More than {max} clients.' },
  TOO_MANY_COLUMNS: { es: 'Más de {max} columnas.', en: 'More than {max} columns.' },
  MISSING_COLUMN: { es: 'Falta la columna.', en: 'The column is missing.' },
  DUPLICATE_COLUMN: { es: 'La columna está dos veces: {column}', en: 'The column is there twice: {column}' },
  UNKNOWN_COLUMN: { es: 'Columna que no se usa: {column}', en: 'Column that is not used: {column}' },
  INCLUDE_NOT_FOLLOWED: { es: 'No se lee el otro fichero: {value}', en: 'The other file is not read: {value}' },
  UNCLOSED_BLOCK: { es: 'Bloque sin cerrar: {value}', en: 'Block that is not closed: {value}' },
  UNCLOSED_STRING: { es: 'Comillas sin cerrar.', en: 'Quotes that are not closed.' },
  DUPLICATE_IN_FILE: { es: 'Ya está en la línea {line}.', en: 'It is in line {line} already.' },
  ALREADY_EXISTS: { es: 'Ya la tiene {client} ({room}).', en: '{client} ({room}) has it already.' },
  IP_TAKEN: { es: 'Ya la tiene {client} ({room}).', en: '{client} ({room}) has it already.' },
  NO_ROOM: { es: 'Ni la fila ni la petición dicen el aula.', en: 'Neither the row nor the request names a room.' },
  NOT_FOUND: { es: 'No existe: {value}', en: 'There is none: {value}' },
  JOB_IN_HAND: {
    es: 'El cliente tiene un trabajo sin terminar: su dirección no cambia mientras tanto.',
    en: 'The client has a job that has not ended: until then its address stays.',
  },
  OUTSIDE_NETWORK: { es: 'No está en la subred {network}.', en: 'It is not in the subnet {network}.' },
};

export function importProblemMessage(code: RowProblemCode, params: MessageParams, locale: Locale): string {
  return fill(PROBLEMS[code][locale], params);
}
