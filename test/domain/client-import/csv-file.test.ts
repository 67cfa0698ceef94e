import { describe, expect, it } from 'vitest';
import { parseClientImport } from '#domain/inventory/client-import/parse-client-import.ts';
import type { ParsedImport } from '#domain/inventory/client-import/parsed-import.ts';

const read = (text: string): ParsedImport => parseClientImport(text, 'CSV');
const PC1 = 'pc1,02:00:00:00:00:01,10.0.0.1';
const PC2 = 'pc2,02:00:00:00:00:02,10.0.0.2';

describe('a CSV file', () => {
  it.each([',', ';', '\t'])('is cut at the delimiter of its header: %j', (delimiter) => {
    const text = [
      ['Nombre', 'MAC', 'IP', 'Comentarios'],
      ['pc1', '020000000001', '10.0.0.1', '"a,b;c\td"'],
    ]
      .map((cells) => cells.join(delimiter))
      .join('\n');
    const { format, rows, problems, warnings } = parseClientImport(text, null);
    expect({ format, problems, warnings }).toEqual({ format: 'CSV', problems: [], warnings: [] });
    expect(rows).toMatchObject([{ line: 2, name: 'pc1', ip: '10.0.0.1', comments: 'a,b;c\td', problems: [] }]);
  });

  it.each([
    'name,mac,ip,netiface,serial,room,group,repository,firmware,maintenance,comments',
    'Nombre,Dirección MAC,Dirección IP,Interfaz,Número de serie,Aula,Grupo,Repositorio,Firmware,Mantenimiento,Comentarios',
    'HOSTNAME,mac address,ip_address,"netiface ",Serial  Number,Classroom,GROUP,REPOSITORY,FIRMWARE,Maintenance,COMMENTS',
    'host,direccion mac,DIRECCIÓN IP,interfaz,serialno,aula,grupo,repositorio,firmware,mantenimiento,comentarios',
  ])('has a header in English or Spanish: %s', (header) => {
    const { rows, problems, warnings } = read(`${header}\n${PC1},eth0,SN1,Aula 1,Fila 1,repo1,uefi,Sí,"one\r\ntwo"\n`);
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(rows).toEqual([
      {
        line: 2,
        name: 'pc1',
        mac: '02:00:00:00:00:01',
        ip: '10.0.0.1',
        netiface: 'eth0',
        serialNumber: 'SN1',
        roomName: 'Aula 1',
        groupName: 'Fila 1',
        repositoryName: 'repo1',
        firmware: 'UEFI',
        maintenance: true,
        comments: 'one\ntwo',
        problems: [],
      },
    ]);
  });

  it('may begin with a byte order mark, end its lines in any way and leave lines blank; rows keep their lines', () => {
    const rows = ['', 'name,mac,ip,comments', '', ` ${PC1} , "two\r\nlines ""quoted"""`, ',,,', '   ', `${PC2},`, ''];
    const parsed = parseClientImport(`\u{FEFF}${rows.join('\r\n')}`, null);
    expect(parsed.problems).toEqual([]);
    expect(parsed.rows.map(({ line, name, comments }) => [line, name, comments])).toEqual([
      [4, 'pc1', 'two\nlines "quoted"'],
      [8, 'pc2', null],
    ]);
  });

  it('may name its delimiter in a line of its own', () => {
    const { rows, problems } = parseClientImport(`\u{FEFF}sep=|\nname|mac|ip\n${PC1.replaceAll(',', '|')}`, null);
    expect(problems).toEqual([]);
    expect(rows).toMatchObject([{ line: 3, name: 'pc1' }]);
  });

  it('warns of columns that mean nothing, and reads the others', () => {
    const { rows, problems, warnings } = read(`Marca,name,mac,ip,"U  de ""x""",\nHP,${PC1},1,`);
    expect(problems).toEqual([]);
    expect(rows).toMatchObject([{ name: 'pc1', problems: [] }]);
    expect(warnings).toEqual([
      { code: 'UNKNOWN_COLUMN', field: null, params: { column: 'Marca' }, line: 1 },
      { code: 'UNKNOWN_COLUMN', field: null, params: { column: 'U  de "x"' }, line: 1 },
    ]);
  });

  it('is refused without the columns of every client, or with two for the same', () => {
    const missing = (field: string): object => ({ code: 'MISSING_COLUMN', field, params: {}, line: 1 });
    expect(read(`aula,name\nx,pc1`)).toMatchObject({ rows: [], problems: [missing('mac'), missing('ip')] });
    expect(read(`name,mac,ip,Host\n${PC1},x`)).toMatchObject({
      rows: [],
      problems: [{ code: 'DUPLICATE_COLUMN', field: 'name', params: { column: 'Host' }, line: 1 }],
    });
    expect(read(`name,mac,ip${',x'.repeat(300)}`).problems).toMatchObject([{ code: 'TOO_MANY_COLUMNS' }]);
  });

  it('names rows with too many or too few cells, and nothing else of them', () => {
    const { rows } = read(`name,mac,ip,room\n${PC1}\n${PC2},Aula 1,more\nrubbish\n`);
    const count = (found: number): object[] => [
      { code: 'WRONG_CELL_COUNT', field: null, params: { expected: 4, found } },
    ];
    expect(rows.map(({ name, ip, problems }) => [name, ip, problems])).toEqual([
      ['pc1', '10.0.0.1', count(3)],
      ['pc2', '10.0.0.2', count(5)],
      ['rubbish', null, count(1)],
    ]);
  });

  it.each([
    [`${PC2},"no end\n${PC1},x`, 'UNCLOSED_STRING', {}],
    [`${PC2},"no end\n${`${PC1},x\n`.repeat(1000)}`, 'UNCLOSED_STRING', {}],
    [`${PC2},19" wide`, 'SYNTAX_ERROR', {}],
    [`${PC2},"a" b`, 'SYNTAX_ERROR', {}],
    [`${PC2},${'x'.repeat(20_000)}`, 'TOO_LONG', { max: 16_384 }],
  ])('keeps the rows before one that cannot be read, and names its line', (text, code, params) => {
    const { rows, problems } = read(`name,mac,ip,comments\n${PC1},\n\n${text}`);
    expect(rows.map(({ name }) => name)).toEqual(['pc1']);
    expect(problems).toEqual([{ code, field: null, params, line: 4 }]);
  });
});

describe('a value of a CSV row', () => {
  const readWith = (column: string, value: string): ParsedImport['rows'][number] | undefined => {
    const cells: Record<string, string> = { name: 'pc1', mac: '020000000001', ip: '10.0.0.1', [column]: value };
    const quoted = Object.values(cells).map((cell) => `"${cell.replaceAll('"', '""')}"`);
    return read(`${Object.keys(cells).join(',')}\n${quoted.join(',')}`).rows[0];
  };

  it.each([
    ['name', '  ', 'MISSING'],
    ['name', 'x'.repeat(101), 'TOO_LONG'],
    ['name', 'a\nb', 'BAD_CHARACTERS'],
    ['name', 'A\u{FFFD}o', 'BAD_ENCODING'],
    ['mac', '', 'MISSING'],
    ['mac', '02:00:00:00:00', 'BAD_MAC'],
    ['mac', '00:00:00:00:00:00', 'BAD_MAC'],
    ['mac', 'ff-ff-ff-ff-ff-ff', 'BAD_MAC'],
    ['mac', '01:00:5e:00:00:01', 'BAD_MAC'],
    ['ip', ' ', 'MISSING'],
    ['ip', '10.0.0', 'BAD_IP'],
    ['ip', '10.0.0.256', 'BAD_IP'],
    ['ip', '10.0.0.01', 'BAD_IP'],
    ['ip', '10.0.0.1/24', 'BAD_IP'],
    ['ip', '0.0.0.0', 'BAD_IP'],
    ['ip', '127.0.0.1', 'BAD_IP'],
    ['ip', '224.0.0.1', 'BAD_IP'],
    ['ip', '255.255.255.255', 'BAD_IP'],
    ['ip', 'fe80::1', 'BAD_IP'],
    ['ip', 'pc1.uni.es', 'ADDRESS_IS_NAME'],
    ['firmware', 'coreboot', 'BAD_VALUE'],
    ['maintenance', 'maybe', 'BAD_VALUE'],
    ['room', 'A\u{FFFD}o', 'BAD_ENCODING'],
    ['comments', 'a\u0000b', 'BAD_CHARACTERS'],
  ])('%s: %j is %s', (column, value, code) => {
    const field = column === 'room' ? 'roomName' : column;
    const row = readWith(column, value);
    expect(row?.problems).toMatchObject([{ code, field }]);
    expect(row).toMatchObject({ [field]: null });
  });

  it.each([
    ['name', ' n\u0303andu\u0301 ', { name: 'ñandú' }],
    ['name', 'x'.repeat(100), { name: 'x'.repeat(100) }],
    ['mac', ' 02-AB-cd-00-00-01 ', { mac: '02:AB:CD:00:00:01' }],
    ['ip', ' 192.168.0.255 ', { ip: '192.168.0.255' }],
    ['firmware', 'Legacy', { firmware: 'BIOS' }],
    ['firmware', '', { firmware: null }],
    ['maintenance', 'VERDADERO', { maintenance: true }],
    ['maintenance', '0', { maintenance: false }],
    ['maintenance', '', { maintenance: null }],
    ['room', ' ', { roomName: null }],
  ])('%s: %j is read', (column, value, expected) => {
    expect(readWith(column, value)).toMatchObject({ ...expected, problems: [] });
  });
});
