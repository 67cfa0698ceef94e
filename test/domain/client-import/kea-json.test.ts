import { describe, expect, it } from 'vitest';
import { parseClientImport } from '#domain/inventory/client-import/parse-client-import.ts';
import type { ParsedImport } from '#domain/inventory/client-import/parsed-import.ts';

const read = (text: string): ParsedImport => parseClientImport(text, 'KEA_JSON');
const reservation = (n: number): object => ({
  'hw-address': `02:00:00:00:00:0${n}`,
  'ip-address': `10.0.0.${n}`,
  hostname: `pc${n}.uni.es`,
});

const CONFIGURATION = `// Kea's own "dialect"
# one more { [ "
{ /* with
   # three kinds */ "Dhcp4": {
    "interfaces-config": { "interfaces": [ "eth0#1", "a // b", "/* c" ], },
    "subnet4": [ { # a subnet
      "id": 1, "pools": [ { "pool": "10.0.0.1 - 10.0.0.9", "reservations": [ { "hw-address": "02:00:00:00:00:09" } ] } ],
      "reservations": [
        { "hw-address": "02:00:00:00:00:01", "ip-address": "10.0.0.1", "hostname": "pc1.uni.es" },
        {
          "hostname": "pc2", // named
          "ip-address": "10.0.0.2", "option-data": [ { "name": "x", "hostname": "no" } ],
          "hw-address": "02:00:00:00:00:02",
        },
      ],
    } ],
    "shared-networks": [ { "name": "n", "subnet4": [ { "reservations": [
        { "hw-address": "020000000003", "ip-address": "10.0.0.3", "hostname": "pc3." } ] } ] } ],
    "reservations": [ { "hw-address": "02-00-00-00-00-04", "ip-address": "10.0.0.4", "hostname": "pc4" } ],
    "client-classes": [ { "reservations": [ { "hw-address": "02:00:00:00:00:09" } ] } ]
} }
`;

describe('a Kea configuration', () => {
  it('gives the reservations of the server, its subnets and its shared networks, with their lines', () => {
    const { format, rows, problems } = parseClientImport(CONFIGURATION, null);
    expect({ format, problems }).toEqual({ format: 'KEA_JSON', problems: [] });
    expect(rows.map(({ line, name, mac, ip, problems: own }) => [line, name, mac, ip, own])).toEqual([
      [9, 'pc1', '02:00:00:00:00:01', '10.0.0.1', []],
      [10, 'pc2', '02:00:00:00:00:02', '10.0.0.2', []],
      [18, 'pc3', '02:00:00:00:00:03', '10.0.0.3', []],
      [19, 'pc4', '02:00:00:00:00:04', '10.0.0.4', []],
    ]);
  });

  it.each<[string, unknown]>([
    ['reservation-get-all', { result: 0, arguments: { hosts: [reservation(1), reservation(2)] } }],
    ['the same for each service', [{ result: 0, arguments: { hosts: [reservation(1), reservation(2)] } }]],
    ['config-get', [{ arguments: { Dhcp4: { reservations: [reservation(1), reservation(2)] } } }]],
    ['an array', [reservation(1), reservation(2)]],
    ['a list under its name', { reservations: [reservation(1), reservation(2)] }],
    ['the inside of Dhcp4', { subnet4: [{ reservations: [reservation(1)] }, { reservations: [reservation(2)] }] }],
  ])('may also be %s', (_name, json) => {
    const { rows, problems } = parseClientImport(JSON.stringify(json, null, 2), null);
    expect(problems).toEqual([]);
    expect(rows.map(({ name, mac, ip }) => [name, mac, ip])).toEqual([
      ['pc1', '02:00:00:00:00:01', '10.0.0.1'],
      ['pc2', '02:00:00:00:00:02', '10.0.0.2'],
    ]);
  });

  it('may be one reservation alone', () => {
    expect(read(JSON.stringify(reservation(1))).rows).toMatchObject([{ name: 'pc1', problems: [] }]);
  });

  it.each<[object, string, string, object]>([
    [{ 'hw-address': undefined, duid: '01:02' }, 'OTHER_IDENTIFIER', 'mac', { value: 'duid' }],
    [{ 'hw-address': undefined, 'client-id': 'x' }, 'OTHER_IDENTIFIER', 'mac', { value: 'client-id' }],
    [{ 'hw-address': undefined, 'circuit-id': 'x' }, 'OTHER_IDENTIFIER', 'mac', { value: 'circuit-id' }],
    [{ 'hw-address': undefined }, 'MISSING', 'mac', {}],
    [{ 'hw-address': 5 }, 'BAD_VALUE', 'mac', { value: '5' }],
    [{ 'ip-address': ['10.0.0.1'] }, 'BAD_VALUE', 'ip', { value: 'ip-address' }],
    [{ 'ip-address': '10.0.0.01' }, 'BAD_IP', 'ip', { value: '10.0.0.01' }],
    [{ 'ip-address': null }, 'MISSING', 'ip', {}],
    [{ hostname: undefined }, 'MISSING', 'name', {}],
    [{ hostname: 'a\u0000b' }, 'BAD_CHARACTERS', 'name', { value: 'a b' }],
    [{ hostname: 'a\uD800' }, 'BAD_CHARACTERS', 'name', { value: 'a\u{FFFD}' }],
  ])('names the mistake in a reservation with %j', (change, code, field, params) => {
    const { rows } = read(JSON.stringify([{ ...reservation(1), ...change }]));
    expect(rows.map(({ problems }) => problems)).toEqual([[{ code, field, params }]]);
    expect(rows[0]).toMatchObject({ [field]: null });
  });

  it('names what is no reservation in a list of them', () => {
    const { rows } = read('{"reservations": [\n"pc1"\n]}');
    expect(rows.map(({ line, problems }) => [line, problems])).toEqual([
      [2, [{ code: 'BAD_VALUE', field: null, params: { value: 'pc1' } }]],
    ]);
  });

  it.each([
    [`[\n${JSON.stringify(reservation(1))}\n${JSON.stringify(reservation(2))}\n]`, 3],
    [`[\n${JSON.stringify(reservation(1))},\n{ "hostname": "x\n" }]`, 3],
    [`[\n${JSON.stringify(reservation(1))},\n{ hostname: "x" }]`, 3],
    [`[\n${JSON.stringify(reservation(1))}\n`, 3],
    [`[\n${JSON.stringify(reservation(1))} /* no end\n\n`, 2],
  ])('keeps what stands before a mistake in the syntax, and names its line: %j', (text, line) => {
    const { rows, problems } = read(text);
    expect(rows.map(({ name }) => name)).toEqual(['pc1']);
    expect(problems).toEqual([{ code: 'SYNTAX_ERROR', field: null, params: {}, line }]);
  });

  it.each(['[', '{"a":', '{"arguments":', '[{"hosts":'])('stops where values are nested without end: %s', (opening) => {
    expect(read(opening.repeat(100_000)).problems).toEqual([
      { code: 'TOO_DEEP', field: null, params: { max: 100 }, line: 1 },
    ]);
  });
});
