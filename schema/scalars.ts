import { isUuid } from '#lib/uuid.ts';
import { parseAddress } from './addresses.ts';
import { builder } from './builder.ts';
import { refuseValue as refuse } from './refuse-value.ts';

const ISO_INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** The 31st of February is read by JavaScript as the 3rd of March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

builder.scalarType('DateTime', {
  description:
    'An instant in time, ISO 8601 with its offset, answered in UTC with milliseconds: `2026-11-23T08:55:00.000Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const [, day] = typeof value === 'string' ? (ISO_INSTANT.exec(value) ?? []) : [];
    if (typeof value !== 'string' || day === undefined || !isDay(day) || Number.isNaN(Date.parse(value))) {
      return refuse('DateTime', 'an ISO 8601 instant with its offset');
    }
    return new Date(value);
  },
});

// Addresses are what people paste. One that is none is handed on as it is, so that an input's own field can be blamed for it in a
// typed error; whoever else takes addresses reads them through addresses.ts.

builder.scalarType('MAC', {
  description:
    'A MAC address, answered in upper case with colons: `08:00:27:0B:88:BE`. Taken also with dashes, dots, or nothing between, and without leading zeros.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc7042#section-2.1',
  parseValue: (value) => parseAddress('MAC', value),
});

builder.scalarType('IPv4', {
  description: 'An IPv4 address in dotted decimal: `192.168.2.3`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc791',
  parseValue: (value) => parseAddress('IPv4', value),
});

builder.scalarType('CIDR', {
  description: 'An IPv4 network with its prefix length: `192.168.2.0/24`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4632',
  parseValue: (value) => parseAddress('CIDR', value),
});

builder.scalarType('UUID', {
  description: 'A universally unique identifier in lower case: `01936caf-facb-72ad-9446-97e7dbf2b96a`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
  parseValue: (value) => (typeof value === 'string' && isUuid(value) ? value.toLowerCase() : refuse('UUID', 'a UUID')),
});

builder.scalarType('BigInt', {
  description:
    'A whole number of any size, as a string so that no client rounds it: `"2199023255552"`. Sizes are in bytes.',
  specifiedByURL: 'https://tc39.es/ecma262/#sec-ecmascript-language-types-bigint-type',
  serialize: (value) => String(value),
  parseValue: (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    return typeof value === 'string' && /^-?\d{1,40}$/.test(value)
      ? BigInt(value)
      : refuse('BigInt', 'a whole number as a string');
  },
});
