import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDumpReader } from '#import/read-dump.ts';
import type { LegacyDump } from '#import/read-dump.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures', 'opengnsys-1.1.sql');
const CREATE =
  'CREATE TABLE `aulas` (`idaula` int, `nombreaula` varchar(100), `comentarios` text, PRIMARY KEY (`idaula`));\n';

function read(
  sql: string | Buffer,
  { chunkSize = Infinity, keep = ['aulas'], database = undefined as string | undefined } = {},
): LegacyDump {
  const bytes = Buffer.from(sql as string);
  const reader = createDumpReader(new Set(keep));
  for (let at = 0; at < bytes.length; at += chunkSize) {
    reader.push(bytes.subarray(at, Math.min(at + chunkSize, bytes.length)));
  }
  return reader.finish(database);
}

function rowsOf(dump: LegacyDump, columns = ['idaula', 'nombreaula', 'comentarios']): (string | null)[][] {
  return dump.rows('aulas').map((row) => columns.map((column) => row.get(column)));
}

/** As mysqldump writes a text. */
function quote(text: string): string {
  const escapes: Record<string, string> = {
    '\0': '\\0',
    '\n': '\\n',
    '\r': '\\r',
    '\\': '\\\\',
    "'": "\\'",
    '"': '\\"',
    '\u001A': '\\Z',
  };
  // oxlint-disable-next-line no-control-regex -- exactly the characters that are escaped.
  return `'${text.replaceAll(/[\u0000\n\r\\'"\u001A]/g, (character) => escapes[character] ?? character)}'`;
}

describe('a dump', () => {
  it.each([
    ['escapes', String.raw`'It\'s \"x\" \\ \n \t \Z \0 \%'`, 'It\'s "x" \\ \n \t \u001A \0 \\%'],
    ['doubled quotes', `'it''s'`, "it's"],
    ['double quotes for quotes', `"it's ""it"""`, 'it\'s "it"'],
    ['NULL', 'NULL', null],
    ['lower-case null', 'null', null],
    ['a negative number', '-12.5e-3', '-12.5e-3'],
    ['hexadecimal', '0x4869', 'Hi'],
    ['quoted hexadecimal', "x'4869'", 'Hi'],
    ['a character set before a text', "_utf8mb4'niño'", 'niño'],
    ['_binary before a text', String.raw`_binary 'a\0b'`, 'a\0b'],
    ['what looks like the end of the row', `'),(9,\\'x'`, "),(9,'x"],
    [
      'what looks like the end of the statement',
      `'; INSERT INTO aulas VALUES (1);'`,
      '; INSERT INTO aulas VALUES (1);',
    ],
    ['what looks like a comment', `'-- no /* comment # here'`, '-- no /* comment # here'],
    ['a function, whose value only a server knows', "CONV('0B',16,10)", null],
    ['an empty text', "''", ''],
  ])('may have %s for a value', (_what, sql, expected) => {
    expect(rowsOf(read(`${CREATE}INSERT INTO aulas VALUES (1,${sql},'after');`))).toEqual([['1', expected, 'after']]);
  });

  it.each([
    ['columns of its own', "INSERT INTO `aulas` (`nombreaula`, `idaula`, `comentarios`) VALUES ('A', 1, 'c');"],
    ['the database before the table', "INSERT INTO `ogAdmBD`.`aulas` VALUES (1,'A','c');"],
    ['no quotes around names', "insert into ogAdmBD.aulas values (1,'A','c');"],
    ['REPLACE', "REPLACE INTO `aulas` VALUES (1,'A','c');"],
    ['INSERT IGNORE', "INSERT IGNORE INTO `aulas` VALUES (1,'A','c');"],
    [
      'a clause behind the rows',
      "INSERT INTO aulas VALUES (1,'A','c') ON DUPLICATE KEY UPDATE nombreaula=VALUES(nombreaula);",
    ],
    ['spaces and lines between', "INSERT INTO aulas VALUES\n  (1 , 'A' ,\n 'c')  ;"],
    ['comments between', "INSERT INTO aulas /* x */ VALUES -- rows\n(1,'A',/*!40000 'c' */) # end\n;"],
    ['no semicolon at the very end', "INSERT INTO aulas VALUES (1,'A','c')"],
  ])('may have an INSERT with %s', (_what, sql) => {
    expect(rowsOf(read(CREATE + sql))).toEqual([['1', 'A', 'c']]);
  });

  it.each([
    [
      'a trigger',
      "DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE DELETE ON x FOR EACH ROW BEGIN INSERT INTO aulas VALUES (9,'T',''); END */;;\nDELIMITER ;\n",
    ],
    [
      'a procedure with a quoted delimiter',
      "DELIMITER '//'\nCREATE PROCEDURE p() BEGIN INSERT INTO aulas VALUES (9,'T',''); END//\nDELIMITER ';'\n",
    ],
    [
      'the warning of the program that wrote it',
      "mysqldump: [Warning] Using a password on the command line isn't secure.\n",
    ],
    ['the first line of newer MariaDB', '/*!999999\\- enable the sandbox mode */ \n'],
    ['a commented-out row', "-- INSERT INTO aulas VALUES (9,'T','');\n"],
    ['a table that is not asked for', "INSERT INTO acciones VALUES (1,'); INSERT INTO aulas VALUES (9,9,9)');\n"],
    ['a byte order mark', '\uFEFF'],
  ])('may have %s, which is passed over', (_what, sql) => {
    expect(rowsOf(read(`${sql}${CREATE}INSERT INTO aulas VALUES (1,'A','c');`))).toEqual([['1', 'A', 'c']]);
  });

  it('begins a table anew when it is created again', () => {
    const insert = (name: string) => `${CREATE}INSERT INTO aulas VALUES (1,'${name}','');`;
    expect(rowsOf(read(insert('old') + insert('new')))).toEqual([['1', 'new', '']]);
  });

  it('counts rows that have not as many values as columns, and goes on behind them', () => {
    const dump = read(`${CREATE}INSERT INTO aulas VALUES (1,'A'),(2,'B','c'),(3,'C','d','e');`);
    expect(rowsOf(dump)).toEqual([['2', 'B', 'c']]);
    expect(dump.malformed).toEqual(new Map([['aulas', 2]]));
  });

  it('is the same in pieces of any size', () => {
    const bytes = readFileSync(FIXTURE);
    const keep = ['aulas', 'ordenadores', 'procedimientos_acciones', 'ordenadores_particiones'];
    const show = (dump: LegacyDump) =>
      keep.map((table) =>
        dump.rows(table).map((row) => ['comentarios', 'parametros', 'nombreordenador', 'cache'].map(row.get)),
      );
    const whole = read(bytes, { keep });
    expect(whole.rows('ordenadores')).toHaveLength(8);
    for (const chunkSize of [1, 2, 3, 7, 61, 4096]) {
      const dump = read(bytes, { chunkSize, keep });
      expect(show(dump)).toEqual(show(whole));
      expect(dump.rowCounts).toEqual(whole.rowCounts);
    }
  });

  it('is the same wherever it is cut in two', () => {
    const bytes = Buffer.from(
      `/*M!999999\\- don't */\n/*!40101 SET NAMES utf8 */;\n-- it's\n/* it's */${CREATE}DELIMITER ;;\nCREATE TRIGGER x y ; z;;\nDELIMITER ;\nINSERT INTO \`aulas\` VALUES (-1,'ñ\\'\\\\','it''s'),(0x41,NULL,_binary 'x'); /* y */`,
    );
    const whole = rowsOf(read(bytes));
    expect(whole).toHaveLength(2);
    for (let at = 1; at < bytes.length; at += 1) {
      const reader = createDumpReader(new Set(['aulas']));
      reader.push(bytes.subarray(0, at));
      reader.push(bytes.subarray(at));
      expect(rowsOf(reader.finish()), `cut at ${at}`).toEqual(whole);
    }
  });

  it('gives back any text that mysqldump can write, in pieces of any size', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(texts, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (rows, chunkSize) => {
          const values = rows.map((row, index) => `(${index},${row.map(quote).join(',')})`);
          const dump = read(`${CREATE}INSERT INTO aulas VALUES ${values.join(',')};`, { chunkSize });
          expect(rowsOf(dump)).toEqual(rows.map((row, index) => [String(index), ...row]));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the letters of a dump', () => {
  const insert = (bytes: Buffer, names = '') =>
    rowsOf(
      read(
        Buffer.concat([Buffer.from(`${names}${CREATE}INSERT INTO aulas VALUES (1,'`), bytes, Buffer.from("','');")]),
      ),
    )[0]?.[1];

  it.each([
    ['UTF-8', Buffer.from('Ñandú €'), '', 'Ñandú €'],
    ['UTF-8 that calls itself Latin-1', Buffer.from('Ñandú'), '/*!40101 SET NAMES latin1 */;\n', 'Ñandú'],
    ['Latin-1', Buffer.from('Ñandú', 'latin1'), '/*!40101 SET NAMES latin1 */;\n', 'Ñandú'],
    ['Latin-1 that says nothing of itself', Buffer.from('Ñandú', 'latin1'), '', 'Ñandú'],
    ['Latin-1 that calls itself UTF-8', Buffer.from('Ñandú', 'latin1'), 'SET NAMES utf8mb4;\n', 'Ñandú'],
    ['Windows-1252', Buffer.from([0x80, 0x93]), '', '€“'],
    ['Latin-2', Buffer.from([0xb1]), 'SET NAMES latin2;\n', 'ą'],
  ])('are read as %s', (_what, bytes, names, expected) => {
    expect(insert(bytes, names)).toBe(expected);
  });

  it('are decided text by text where a dump calls itself UTF-8 and is not everywhere', () => {
    const sql = Buffer.concat([
      Buffer.from(`SET NAMES utf8;\n${CREATE}INSERT INTO aulas VALUES (1,'niño','`),
      Buffer.from('niño', 'latin1'),
      Buffer.from("');"),
    ]);
    expect(rowsOf(read(sql))).toEqual([['1', 'niño', 'niño']]);
  });
});

describe('a dump that is none', () => {
  it.each([
    ['is empty', '', 'NOT_A_DUMP'],
    ['is a letter', 'Dear Sir,\nhow are you?', 'NOT_A_DUMP'],
    ['is of another program', 'CREATE TABLE `wp_posts` (`id` int);\nINSERT INTO wp_posts VALUES (1);', 'NOT_A_DUMP'],
    ['ends within a row', `${CREATE}INSERT INTO aulas VALUES (1,'A'`, 'DUMP_CUT'],
    ['ends between rows', `${CREATE}INSERT INTO aulas VALUES (1,'A',''),`, 'DUMP_CUT'],
    ['ends before its rows', `${CREATE}INSERT INTO aulas VALUES`, 'DUMP_CUT'],
    ['ends within the name of a table', `${CREATE}INSERT INTO \`au`, 'DUMP_CUT'],
    ['ends within the columns', `${CREATE}CREATE TABLE \`grupos\` (\`idgrupo\` int,`, 'DUMP_CUT'],
    ['ends within a comment', `${CREATE}/* x`, 'DUMP_CUT'],
    ['ends within a text', `${CREATE}INSERT INTO aulas VALUES (1,'A`, 'DUMP_CUT'],
    ['has no CREATE TABLE', "INSERT INTO aulas VALUES (1,'A','');", 'COLUMNS_UNKNOWN'],
    ['has two databases', `USE a;\n${CREATE}USE b;\n${CREATE}`, 'SEVERAL_DATABASES'],
  ])('is refused when it %s', (_what, sql, code) => {
    expect(() => read(sql)).toThrow(expect.objectContaining({ code }));
  });

  it('is taken when one of its two databases is named, and that is there', () => {
    const both = `USE a;\n${CREATE}INSERT INTO aulas VALUES (1,'A','');USE \`b\`;\n${CREATE}INSERT INTO aulas VALUES (2,'B','');`;
    expect(rowsOf(read(both, { database: 'b' }))).toEqual([['2', 'B', '']]);
    expect(() => read(both, { database: 'c' })).toThrow(expect.objectContaining({ code: 'NO_SUCH_DATABASE' }));
  });

  it('is one that was cut anywhere before its last line', () => {
    const whole = readFileSync(FIXTURE);
    expect(read(whole).database).toBe('ogAdmBD');
    const end = whole.indexOf('-- Dump completed');
    for (let at = whole.indexOf('CREATE TABLE `aulas`') + 200; at < end; at += 997) {
      expect(() => read(whole.subarray(0, at)), `cut at ${at}`).toThrow(expect.objectContaining({ code: 'DUMP_CUT' }));
    }
    expect(() => read(whole.subarray(0, end))).toThrow(expect.objectContaining({ code: 'DUMP_CUT' }));
  });
});
