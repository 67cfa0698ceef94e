import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImportedBytes } from '#domain/inventory/client-import/decode-imported-bytes.ts';
import { markDuplicates } from '#domain/inventory/client-import/mark-duplicates.ts';
import { parseClientImport } from '#domain/inventory/client-import/parse-client-import.ts';
import { IMPORT_FORMATS, MAX_IMPORT_ROWS } from '#domain/inventory/client-import/parsed-import.ts';
import type { ImportFormat } from '#domain/inventory/client-import/parsed-import.ts';

interface Host {
  name: string;
  mac: string;
  ip: string;
}

const octet = fc.integer({ min: 0, max: 255 });
const host = fc.record({
  name: fc.stringMatching(/^[a-zñ][a-z0-9ñ-]{0,30}$/).map((name) => name.normalize('NFC')),
  mac: fc
    .tuple(octet, octet, octet, octet, octet)
    .map((octets) => [0x02, ...octets].map((value) => value.toString(16).padStart(2, '0').toUpperCase()).join(':')),
  ip: fc.tuple(octet, octet, octet).map((octets) => [10, ...octets].join('.')),
});
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

const MARKS = ['{', '}', '[', ']', '"', ',', ';', ':', '#', '/', '*', '\\', ' ', '\t'];
const PIECES = [
  MARKS,
  ['host ', 'hardware ethernet ', 'fixed-address ', 'option host-name ', 'group {', 'host a {', 'include '],
  ['"hw-address":', '"hostname":', '"reservations":[', '"Dhcp4":{', '{"arguments":{"hosts":[', 'null', '/*', '*/'],
  ['name,mac,ip\n', 'nombre;mac;ip\n', 'sep=;\n', '""', '02:00:00:00:00:01', '10.0.0.1', '.', '0', 'a', 'ñ'],
  ['\n', '\r', '\r\n', '\u{FEFF}', '\u{2028}', '\uD800', '\u{FFFD}', '\0'],
].flat();

const cell = (text: string, quoted: boolean): string => (quoted ? `"${text.replaceAll('"', '""')}"` : text);

/** A host on lines of its own, in each format, with as much around it as the format allows. */
const PRINTERS: Record<ImportFormat, (hosts: readonly Host[], noise: string, quoted: boolean) => string[]> = {
  ISC_DHCPD: (hosts, noise, quoted) => [
    `# ${noise}`,
    `group { option x ${JSON.stringify(noise)};`,
    ...hosts.map(({ name, mac, ip }) => {
      const named = quoted ? `h { option host-name "${name}";` : `${name} {`;
      return `host ${named} fixed-address ${ip}; filename ${JSON.stringify(noise)}; hardware ethernet ${mac}; }`;
    }),
    '}',
  ],
  KEA_JSON: (hosts, noise, quoted) => [
    `# ${noise}`,
    '{ "Dhcp4": { "reservations": [',
    ...hosts.map(({ name, mac, ip }) => {
      const json = { 'hw-address': mac, 'boot-file-name': noise, 'ip-address': ip, hostname: name };
      return `${JSON.stringify(json)}, ${quoted ? '/* " */' : `// ${noise}`}`;
    }),
    '] } }',
  ],
  CSV: (hosts, noise, quoted) => [
    'comments;ip;mac;name',
    '',
    ...hosts.map(({ name, mac, ip }) =>
      [cell(noise, true), ...[ip, mac, name].map((text) => cell(text, quoted))].join(';'),
    ),
  ],
};

describe('an import', () => {
  it.each(IMPORT_FORMATS)('gives back the hosts that were printed as %s', (format) => {
    const noise = fc.string({ unit: fc.constantFrom('a', ...MARKS) });
    fc.assert(
      fc.property(fc.array(host, { minLength: 1 }), noise, fc.boolean(), lineEnd, (hosts, text, quoted, end) => {
        const lines = PRINTERS[format](hosts, text, quoted);
        const first = lines.length - hosts.length - (format === 'CSV' ? 0 : 1);
        for (const asked of [format, null]) {
          const parsed = parseClientImport(lines.join(end), asked);
          expect({ ...parsed, rows: [] }).toEqual({ format, rows: [], problems: [], warnings: [] });
          expect(parsed.rows.map(({ line, name, mac, ip, problems }) => ({ line, name, mac, ip, problems }))).toEqual(
            hosts.map((expected, index) => ({ ...expected, line: first + index + 1, problems: [] })),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('reads any text without throwing, and names lines that it has', () => {
    const pieces = fc.constantFrom(...PIECES);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...IMPORT_FORMATS, null), (written, format) => {
        const { rows, problems, warnings } = parseClientImport(written, format);
        const last = written.split(/\r\n|\r|\n/).length;
        const lines = [...rows, ...problems, ...warnings].map(({ line }) => line ?? 1);
        const inRows = rows.flatMap((row) => row.problems.map(({ params }) => Number(params['line'] ?? 1)));
        for (const line of [...lines, ...inRows]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(last);
        }
        expect(rows.length + problems.length).toBeGreaterThan(0);
        for (const row of rows) {
          const complete = row.name !== null && row.mac !== null && row.ip !== null;
          expect(complete || row.problems.length > 0).toBe(true);
        }
        const byLine = rows.map(({ line }) => line);
        expect(byLine).toEqual(byLine.toSorted((a, b) => a - b));
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['{', '}', '"', '[', '{"', '"a"b,', '"\n', 'host a {', '{"a":', ',', '\\"', 'hardware ethernet x;'])(
    'takes time linear in its length when it is made of %j alone',
    (piece) => {
      const text = piece.repeat(2_000_000 / piece.length);
      for (const format of [...IMPORT_FORMATS, null]) {
        const start = performance.now();
        parseClientImport(text, format);
        // Two million steps of any kind take far less; the square of it, hours.
        expect(performance.now() - start).toBeLessThan(3000);
      }
    },
    30_000,
  );

  it('takes no longer for misplaced quotes after a large cell', () => {
    const text = `name,mac,ip\n"${'x'.repeat(16_000)}",,\n${'"a"b,c,d\n'.repeat(200_000)}`;
    const start = performance.now();
    const { rows, problems } = parseClientImport(text, 'CSV');
    expect(performance.now() - start).toBeLessThan(3000);
    expect(rows).toHaveLength(1);
    expect(problems).toMatchObject([{ code: 'SYNTAX_ERROR', line: 3 }]);
  });

  it.each(IMPORT_FORMATS)('stops at so many clients as %s that no center has them', (format) => {
    const hosts = Array.from({ length: MAX_IMPORT_ROWS + 1 }, () => ({
      name: 'pc',
      mac: '02:00:00:00:00:01',
      ip: '10.0.0.1',
    }));
    const lines = PRINTERS[format](hosts, '', false);
    const { rows, problems } = parseClientImport(lines.join('\n'), null);
    expect(rows).toHaveLength(MAX_IMPORT_ROWS);
    const line = lines.length - (format === 'CSV' ? 0 : 1);
    expect(problems).toEqual([{ code: 'TOO_MANY_ROWS', field: null, params: { max: MAX_IMPORT_ROWS }, line }]);
  });

  it('knows no format for a text that fits none, and finds no client in an empty one', () => {
    const none = (code: string): object[] => [{ code, field: null, params: {}, line: null }];
    expect(parseClientImport('Dear all,\nhere they come.', null)).toMatchObject({
      format: null,
      problems: none('UNKNOWN_FORMAT'),
    });
    expect(parseClientImport(' \n', null)).toMatchObject({ format: null, problems: none('NO_CLIENTS') });
    expect(parseClientImport('name,mac,ip\n', null)).toMatchObject({ format: 'CSV', problems: none('NO_CLIENTS') });
    expect(parseClientImport('{"Dhcp4":{}}', null)).toMatchObject({
      format: 'KEA_JSON',
      problems: none('NO_CLIENTS'),
    });
    expect(parseClientImport('# none\nsubnet 10.0.0.0 netmask 255.0.0.0 { }', null)).toMatchObject({
      format: 'ISC_DHCPD',
      problems: none('NO_CLIENTS'),
    });
  });

  it('is a dhcpd.conf even when a line of it could head a CSV file', () => {
    expect(parseClientImport('host\npc1 { }', null).format).toBe('ISC_DHCPD');
    expect(parseClientImport('name\npc1', null)).toMatchObject({ format: 'CSV', rows: [] });
  });
});

describe('duplicates inside a file', () => {
  it('are marked on each later row, with the line of the first', () => {
    const { rows } = parseClientImport(
      [
        'name,mac,ip',
        'a,02:00:00:00:00:01,10.0.0.1',
        'b,02-00-00-00-00-01,10.0.0.2',
        'c,020000000001,10.0.0.1',
        'd,,10.0.0.4',
        'e,,10.0.0.5',
      ].join('\n'),
      'CSV',
    );
    const duplicate = (field: string): object => ({ code: 'DUPLICATE_IN_FILE', field, params: { line: 2 } });
    const missing = { code: 'MISSING', field: 'mac', params: {} };
    expect(markDuplicates(rows).map(({ problems }) => problems)).toEqual([
      [],
      [duplicate('mac')],
      [duplicate('mac'), duplicate('ip')],
      [missing],
      [missing],
    ]);
    expect(rows[1]?.problems).toEqual([]);
  });
});

describe('the bytes of a file', () => {
  const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

  it.each([
    ['UTF-8', Buffer.from('aulañ €')],
    ['UTF-8 with a byte order mark', Buffer.from('\u{FEFF}aulañ €')],
    ['UTF-16LE', Buffer.from('\u{FEFF}aulañ €', 'utf16le')],
    ['UTF-16BE', utf16be('\u{FEFF}aulañ €')],
    ['windows-1252', Buffer.from([0x61, 0x75, 0x6c, 0x61, 0xf1, 0x20, 0x80])],
  ])('are read as %s', (_name, bytes) => {
    expect(decodeImportedBytes(bytes)).toBe('aulañ €');
  });

  it('are always a text, and as UTF-8 the text that was written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeImportedBytes(bytes)).toBeTypeOf('string');
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeImportedBytes(Buffer.from(text))).toBe(text);
      }),
    );
  });
});
