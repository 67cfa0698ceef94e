import { describe, expect, it } from 'vitest';
import { parseClientImport } from '#domain/inventory/client-import/parse-client-import.ts';
import type { ImportRow, ParsedImport } from '#domain/inventory/client-import/parsed-import.ts';

const read = (text: string): ParsedImport => parseClientImport(text, 'ISC_DHCPD');
const codesOf = (row: ImportRow | undefined): string[] => (row?.problems ?? []).map(({ code }) => code);

/** The only row of a text. */
function readOne(text: string): ImportRow {
  const { rows } = read(text);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  if (row === undefined) throw new Error('There is no row.');
  return row;
}

const WHOLE = `# Aula 1 { not a block; "
ddns-update-style none; authoritative;
option custom code 200 = array of { integer 8, ip-address };
key omapi { algorithm hmac-md5; secret AB/+==; };
shared-network campus {
  subnet 10.1.0.0 netmask 255.255.0.0 {
    option routers 10.1.0.1, 10.1.0.2;
    option domain-name "aula {1}; \\"x\\" # no comment";
    pool { range 10.1.9.1 10.1.9.9; host pc1 { hardware ethernet 02:00:00:00:00:01; fixed-address 10.1.0.11; } }
    group {
      next-server 10.1.0.2;
      host lbl2 { hardware ethernet 02-00-00-00-00-02; fixed-address 10.1.0.12; option host-name "pc2.uni.es"; }
      HOST pc3
      {
        filename "a;b}c{"; next-server 10.1.0.3; ddns-hostname "x";
        Hardware  Ethernet
          0200.0000.0003; # the "board
        if exists agent.circuit-id { fixed-address 10.9.9.9; option host-name "no"; }
        fixed-address 10.1.0.13;
      }
    }
  }
}
`;

describe('a dhcpd.conf', () => {
  it('gives the hosts of every block, with the line where each begins', () => {
    const { rows, problems, warnings } = parseClientImport(WHOLE, null);
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(rows.map(({ line, name, mac, ip, problems: own }) => [line, name, mac, ip, own])).toEqual([
      [9, 'pc1', '02:00:00:00:00:01', '10.1.0.11', []],
      [12, 'pc2', '02:00:00:00:00:02', '10.1.0.12', []],
      [13, 'pc3', '02:00:00:00:00:03', '10.1.0.13', []],
    ]);
  });

  it('may be several hosts on one line, and nothing else', () => {
    const host = (n: number): string => `host pc${n}{hardware ethernet 02000000000${n};fixed-address 10.0.0.${n};}`;
    const { format, rows, problems } = parseClientImport(host(1) + host(2), null);
    expect({ format, problems }).toEqual({ format: 'ISC_DHCPD', problems: [] });
    expect(rows.map(({ name, mac }) => [name, mac])).toEqual([
      ['pc1', '02:00:00:00:00:01'],
      ['pc2', '02:00:00:00:00:02'],
    ]);
  });

  it('gives a host the name of its label when the option is empty, and undoes escapes in strings', () => {
    const rest = 'hardware ethernet 020000000001; fixed-address 10.0.0.1;';
    expect(readOne(`host pc.1 { ${rest} option host-name ""; }`).name).toBe('pc.1');
    expect(readOne(`host a { ${rest} option host-name "p\\x63\\061"; }`).name).toBe('pc1');
    expect(codesOf(readOne(`host a { ${rest} option host-name "a\\303\\261o"; }`))).toEqual(['BAD_ENCODING']);
  });

  it.each([
    ['fixed-address 10.0.0.1, 10.0.0.2;', 'SEVERAL_ADDRESSES', 'ip', { value: '10.0.0.1, 10.0.0.2' }],
    ['fixed-address 10.0.0.1; fixed-address 10.0.0.2;', 'SEVERAL_ADDRESSES', 'ip', { value: '10.0.0.1, 10.0.0.2' }],
    ['fixed-address pc1.uni.es;', 'ADDRESS_IS_NAME', 'ip', { value: 'pc1.uni.es' }],
    ['fixed-address;', 'MISSING', 'ip', {}],
    ['', 'MISSING', 'ip', {}],
    ['fixed-address 10.0.0.1 next-server 10.0.0.2;', 'SYNTAX_ERROR', null, { line: 2 }],
    ['fixed-address 10.0.0.1', 'SYNTAX_ERROR', null, { line: 2 }],
    ['fixed-address 10.0.0.1; option host-name "pc1;', 'UNCLOSED_STRING', null, { line: 2 }],
  ])('names the mistake in %j', (statement, code, field, params) => {
    const row = readOne(`host pc1 { hardware ethernet 020000000001;\n${statement}\n}`);
    expect(row).toMatchObject({ line: 1, name: 'pc1', mac: '02:00:00:00:00:01' });
    expect(row.problems).toEqual([{ code, field, params }]);
  });

  it.each([
    ['hardware token-ring 02:00:00:00:00:01;', 'BAD_HARDWARE_TYPE', { value: 'token-ring' }],
    ['hardware ethernet 0:1:2:3:4;', 'BAD_MAC', { value: '0:1:2:3:4' }],
    ['option dhcp-client-identifier "x";', 'OTHER_IDENTIFIER', { value: 'dhcp-client-identifier' }],
    ['host-identifier option agent.circuit-id "x";', 'OTHER_IDENTIFIER', { value: 'host-identifier' }],
    [
      'hardware ethernet 020000000001; hardware ethernet 020000000002;',
      'SEVERAL_ADDRESSES',
      { value: '020000000001, 020000000002' },
    ],
  ])('names the mistake in %j', (statement, code, params) => {
    const row = readOne(`host pc1 { ${statement} fixed-address 10.0.0.1; }`);
    expect(row).toMatchObject({ name: 'pc1', ip: '10.0.0.1', mac: null });
    expect(row.problems).toEqual([{ code, field: 'mac', params }]);
  });
});

describe('a dhcpd.conf with mistakes', () => {
  const good = (n: number): string => `host pc${n} { hardware ethernet 02000000000${n}; fixed-address 10.0.0.${n}; }`;

  it('ends a host that was not closed where the next one begins', () => {
    const { rows, problems } = read(`group {\n${good(1).slice(0, -1)}\n${good(2)}\n}\n${good(3)}`);
    expect(problems).toEqual([]);
    expect(rows.map((row) => [row.line, row.name, row.ip, codesOf(row)])).toEqual([
      [2, 'pc1', '10.0.0.1', ['UNCLOSED_BLOCK']],
      [3, 'pc2', '10.0.0.2', []],
      [5, 'pc3', '10.0.0.3', []],
    ]);
  });

  it('names the blocks that are open at the end, and keeps what they hold', () => {
    const { rows, problems } = read(
      `\nsubnet 10.0.0.0 netmask 255.0.0.0 {\n${good(1)}\nhost pc2 { fixed-address 10.0.0.2`,
    );
    expect(problems).toEqual([
      { code: 'UNCLOSED_BLOCK', field: null, params: { value: 'subnet 10.0.0.0 netmask 255.0.0.0' }, line: 2 },
    ]);
    expect(rows.map((row) => [row.name, row.ip, codesOf(row)])).toEqual([
      ['pc1', '10.0.0.1', []],
      ['pc2', '10.0.0.2', ['SYNTAX_ERROR', 'UNCLOSED_BLOCK', 'MISSING']],
    ]);
  });

  it('loses no more than the line of a string that is not closed', () => {
    const { rows, problems } = read(`option domain-name "uni;\n${good(1)}\noption x "y";\n${good(2)}`);
    expect(problems).toEqual([{ code: 'UNCLOSED_STRING', field: null, params: {}, line: 1 }]);
    expect(rows.map((row) => [row.name, codesOf(row)])).toEqual([
      ['pc1', []],
      ['pc2', []],
    ]);
  });

  it('still finds the host after a statement that nothing ends', () => {
    const { rows, problems } = read(`option domain-name "uni"\n${good(1)}`);
    expect(problems).toEqual([{ code: 'SYNTAX_ERROR', field: null, params: {}, line: 1 }]);
    expect(rows.map((row) => [row.line, row.name, codesOf(row)])).toEqual([[2, 'pc1', []]]);
  });

  it.each([
    [`${good(1)}\n}`, 2],
    [`${good(1)}\nhost pc2;`, 2],
    [`${good(1)}\n\nrubbish`, 3],
  ])('names the line of what cannot stand there: %j', (text, line) => {
    const { rows, problems } = read(text);
    expect(rows).toHaveLength(1);
    expect(problems).toEqual([{ code: 'SYNTAX_ERROR', field: null, params: {}, line }]);
  });

  it('warns that included files are not read', () => {
    const { problems, warnings } = read(`${good(1)}\ninclude "/etc/dhcp/aula2.conf";`);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      { code: 'INCLUDE_NOT_FOLLOWED', field: null, params: { value: '/etc/dhcp/aula2.conf' }, line: 2 },
    ]);
  });

  it('stops where blocks are nested without end', () => {
    const { rows, problems } = read(`${good(1)}\n${'group {\n'.repeat(1000)}${good(2)}`);
    expect(rows).toHaveLength(1);
    expect(problems).toEqual([{ code: 'TOO_DEEP', field: null, params: { max: 100 }, line: 102 }]);
  });
});
