import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fileSystemOf,
  hardwareKindOf,
  multicastModeOf,
  p2pModeOf,
  partitionCodeOf,
  partitionTableOf,
  softwareKindOf,
  systemFamilyOf,
} from '#import/legacy-codes.ts';
import { createRow, readId, readLocalTime } from '#import/legacy-row.ts';
import type { LegacyRow } from '#import/legacy-row.ts';
import { mapRoom } from '#import/map-centers.ts';
import { mapClient } from '#import/map-clients.ts';
import { mapDisk, mapPartition } from '#import/map-disks.ts';
import { mapImage, mapRepository } from '#import/map-images.ts';
import { decodeScript, mapMenu, mapProcedure } from '#import/map-menus.ts';
import { mapProfile } from '#import/map-profiles.ts';
import { parentsFirst } from '#import/planning.ts';
import { cleanName, takeFreeName } from '#import/read-values.ts';
import { HardwareKind } from '#prisma/generated/client/enums.ts';

function rowOf(values: Record<string, string | null>): LegacyRow {
  const columns = new Map(Object.keys(values).map((name, index) => [name, index]));
  return createRow(columns, Object.values(values));
}

const MNEMONICS = 'boa mul net cpu mem vga dis aud mod bio cdr ide fir usb bus cha sto boo'.split(' ');

describe('the codes of OpenGnsys', () => {
  it('have a kind of ours for every kind of hardware, each for one', () => {
    const kinds = new Set(MNEMONICS.map(hardwareKindOf));
    expect(kinds).toEqual(new Set(Object.values(HardwareKind)));
    expect(kinds.size).toBe(MNEMONICS.length);
    expect([hardwareKindOf('xyz'), hardwareKindOf(null), hardwareKindOf('')]).toEqual([null, null, null]);
  });

  it.each([
    [1, 'OPERATING_SYSTEM'],
    [2, 'APPLICATION'],
    [3, null],
    [null, null],
  ])('read the type of software %s as %s', (type, kind) => {
    expect(softwareKindOf(type)).toBe(kind);
  });

  it.each([
    [0, '0'],
    [7, '7'],
    [11, 'B'],
    [131, '83'],
    [202, 'CA'],
    [1792, '0700'],
    [3073, '0C01'],
    [33_536, '8300'],
    [51_712, 'CA00'],
    [61_184, 'EF00'],
    [65_536, '10000'],
    [-1, '0'],
    [null, '0'],
  ])('read the partition type %s as %s', (code, expected) => {
    expect(partitionCodeOf(code)).toBe(expected);
  });

  it.each([
    [0, 'UNKNOWN'],
    [1, 'MSDOS'],
    [2, 'GPT'],
    [3, 'LVM'],
    [4, 'ZPOOL'],
    [99, 'UNKNOWN'],
    [null, 'UNKNOWN'],
  ])('read the partition table %s as %s', (code, expected) => {
    expect(partitionTableOf(code)).toBe(expected);
  });

  it.each([
    ['1', 'HALF_DUPLEX'],
    ['2', 'FULL_DUPLEX'],
    ['3', null],
  ])('read the multicast mode %s as %s', (mode, expected) => {
    expect(multicastModeOf(mode)).toBe(expected);
  });

  it.each([
    ['peer', 'PEER'],
    ['leecher', 'LEECHER'],
    ['seeder', 'SEEDER'],
    ['other', null],
  ])('read the P2P mode %s as %s', (mode, expected) => {
    expect(p2pModeOf(mode)).toBe(expected);
  });

  it.each([
    ['EMPTY', null],
    ['', null],
    [null, null],
    ['ext4', 'EXT4'],
    ['LINUX-SWAP', 'LINUX-SWAP'],
  ])('read the filesystem %s as %s', (name, expected) => {
    expect(fileSystemOf(name)).toBe(expected);
  });

  it.each([
    ['Windows 10 Enterprise 64 bits', 'Windows'],
    ['Ubuntu 22.04.2 LTS', 'Linux'],
    ['Mac OS X 10.6', 'macOS'],
    ['DATA', null],
    [null, null],
  ])('read the system %s as one of the family %s', (name, expected) => {
    expect(systemFamilyOf(name)).toBe(expected);
  });
});

describe('a row', () => {
  it.each([
    ['0', null],
    ['', null],
    [null, null],
    ['-3', null],
    ['x', null],
    ['7', '7'],
    ['007', '7'],
  ])('says %j for the id %j', (text, id) => {
    expect(readId(rowOf({ id: text }), 'id')).toBe(id);
  });

  it.each([
    ['0000-00-00 00:00:00', null],
    ['1970-01-01 00:00:00', null],
    ['2023-13-01 00:00:00', null],
    [null, null],
    ['2023-02-15 12:30:05', new Date(2023, 1, 15, 12, 30, 5)],
    ['2023-02-15', new Date(2023, 1, 15)],
  ])('says %j for the time %j', (text, time) => {
    expect(readLocalTime(rowOf({ at: text }), 'at')).toEqual(time);
  });

  it('says nothing of a column that its version does not have', () => {
    expect(readId(rowOf({}), 'revision')).toBeNull();
  });
});

describe('a name', () => {
  it.each([
    ['  Aula 1 ', 'Aula 1', []],
    ['Aula\t1\r\n', 'Aula 1', ['NAME_CLEANED']],
    ['\u0000', null, ['NAME_CLEANED']],
    ['', null, []],
    [null, null, []],
    ['ñ'.repeat(101), 'ñ'.repeat(100), ['NAME_SHORTENED']],
    ['😀'.repeat(101), '😀'.repeat(50), ['NAME_SHORTENED']],
  ])('%j becomes %j', (text, name, codes) => {
    const cleaned = cleanName(text);
    expect([cleaned.name, cleaned.changes.map(({ code }) => code)]).toEqual([name, codes]);
  });

  it('is always 1 to 100 characters on one line, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const { name } = cleanName(text);
        if (name === null) return;
        expect(name.length).toBeLessThanOrEqual(100);
        expect(name).toBe(name.trim());
        expect(name).not.toMatch(/\p{Cc}|^$/u);
      }),
    );
  });

  it('gets a number while it is taken, and stays within a hundred characters', () => {
    const taken = new Set<string>();
    expect(['Aula', 'Aula', 'Aula'].map((name) => takeFreeName(taken, name))).toEqual(['Aula', 'Aula (2)', 'Aula (3)']);
    expect(takeFreeName(taken, 'Aula', 'other center')).toBe('Aula');
    const long = 'x'.repeat(100);
    expect([takeFreeName(taken, long), takeFreeName(taken, long)]).toEqual([long, `${'x'.repeat(96)} (2)`]);
  });
});

describe('nested groups', () => {
  it('come after their parents, and a circle is cut in one place', () => {
    const groups = [
      [1, 3],
      [2, 0],
      [3, 2],
      [4, 5],
      [5, 6],
      [6, 5],
      [7, 7],
      [8, 99],
    ].map(([id, parent]) => rowOf({ id: String(id), parent: String(parent) }));
    const ordered = parentsFirst(groups, 'id', 'parent').map(
      ({ row, inCircle }) => `${readId(row, 'id')}${inCircle ? '!' : ''}`,
    );
    expect(ordered).toEqual(['2', '3', '1', '6!', '5', '4', '7!', '8']);
  });
});

describe('a room', () => {
  const map = (values: Record<string, string | null>) => mapRoom(rowOf({ nombreaula: 'Aula', ...values }));

  it.each([
    ['netmask', '255.255.255.0', 'netmask', '255.255.255.0'],
    ['netmask', '255.0.255.0', 'netmask', null],
    ['router', '192.168.2.254', 'routerIp', '192.168.2.254'],
    ['router', '192.168.2.300', 'routerIp', null],
    ['dns', '8.8.8.8, 150.214.1.1;8.8.4.4', 'dns', ['8.8.8.8', '150.214.1.1', '8.8.4.4']],
    ['dns', '8.8.8.8 dns.uni.es', 'dns', []],
    ['ntp', 'hora.uni.es', 'ntp', 'hora.uni.es'],
    ['ntp', 'hora uni', 'ntp', null],
    ['ipmul', '239.194.2.1', 'multicastIp', '239.194.2.1'],
    ['ipmul', '192.168.2.1', 'multicastIp', null],
    ['pormul', '9000', 'multicastPort', 9000],
    ['pormul', '90000', 'multicastPort', null],
    ['modomul', '7', 'multicastMode', null],
    ['modp2p', 'seeder', 'p2pMode', 'SEEDER'],
  ])('whose %s is %s has the %s %j', (column, text, field, expected) => {
    const outcome = map({ [column]: text });
    expect(outcome).toMatchObject({ value: { [field]: expected } });
    const isLost = expected === null || (Array.isArray(expected) && expected.length === 0);
    expect(outcome).toMatchObject({
      changes: isLost ? [{ code: 'VALUE_DROPPED', params: { column, value: text } }] : [],
    });
  });

  it.each(['ipmul', 'router', 'netmask', 'pormul', 'modomul', 'proxy'])(
    'whose %s is 0 has none, which is no change',
    (column) => {
      expect(map({ [column]: '0' })).toMatchObject({ changes: [] });
    },
  );

  it.each([
    ['8', '21', 8, 21],
    ['0', '0', null, null],
    ['21', '8', null, null],
    [null, '8', null, null],
    ['8', '25', 8, null],
  ])('that can be reserved from %s until %s is so from %s until %s', (from, until, fromHour, untilHour) => {
    expect(map({ horaresevini: from, horaresevfin: until })).toMatchObject({
      value: { reservableFromHour: fromHour, reservableUntilHour: untilHour },
    });
  });
});

describe('a client', () => {
  const map = (values: Record<string, string | null>) =>
    mapClient(rowOf({ nombreordenador: 'pc1', mac: '0242C0A80201', ip: '192.168.2.1', ...values }));

  it.each([
    ['0242c0a80201', '02:42:C0:A8:02:01'],
    ['02:42:c0:a8:02:01', '02:42:C0:A8:02:01'],
  ])('whose MAC is %s there has %s here', (mac, expected) => {
    expect(map({ mac })).toMatchObject({ value: { mac: expected } });
  });

  it.each([
    ['mac', '000000000000', 'MAC_INVALID'],
    ['mac', 'FFFFFFFFFFFF', 'MAC_INVALID'],
    ['mac', '0242C0A802', 'MAC_INVALID'],
    ['mac', null, 'MAC_INVALID'],
    ['ip', '', 'IP_INVALID'],
    ['ip', '0.0.0.0', 'IP_INVALID'],
    ['ip', '192.168.2.256', 'IP_INVALID'],
    ['ip', '192.168.002.001', 'IP_INVALID'],
    ['nombreordenador', ' ', 'NAME_EMPTY'],
    ['nombreordenador', null, 'NAME_EMPTY'],
  ])('whose %s is %j is not taken: %s', (column, text, code) => {
    expect(map({ [column]: text })).toMatchObject({ refused: code });
  });

  it('has the photo that somebody chose', () => {
    expect(map({ fotoord: 'fotoordenador.gif' })).toMatchObject({ value: { photo: null } });
    expect(map({ fotoord: 'hp.jpg' })).toMatchObject({ value: { photo: 'hp.jpg' } });
  });
});

describe('a disk and its partitions', () => {
  const NAMES = { fileSystem: 'EXT4', operatingSystem: null };

  it('have sizes in bytes', () => {
    expect(mapDisk(rowOf({ numdisk: '1', numpar: '0', codpar: '2', tamano: '488386584' }))).toMatchObject({
      value: { number: 1, sizeBytes: 500_107_862_016n, partitionTable: 'GPT' },
    });
  });

  it.each([
    ['0', '1'],
    ['1', '1000'],
    ['x', '1'],
  ])('are not numbered %s and %s', (numdisk, numpar) => {
    expect(mapPartition(rowOf({ numdisk, numpar }), NAMES)).toMatchObject({ refused: 'NUMBER_INVALID' });
  });

  it.each([
    ['0', 0],
    ['100', 100],
    ['101', null],
    ['-1', null],
    [null, null],
  ])('that are %s percent full are %s percent full', (uso, usedPercent) => {
    expect(mapPartition(rowOf({ numdisk: '1', numpar: '1', uso }), NAMES)).toMatchObject({ value: { usedPercent } });
  });

  it.each([
    ['55000.MB,a.img,a.img.sum,a.img.torrent,b-2.img, c.img,a.img', ['a', 'b-2', 'c']],
    ['0.MB', []],
    ['folder,a.img.diff,con espacio.img', []],
    ['', []],
    [null, []],
  ])('hold %j in the cache', (cache, cachedImages) => {
    expect(mapPartition(rowOf({ numdisk: '1', numpar: '4', cache }), NAMES)).toMatchObject({ value: { cachedImages } });
  });
});

describe('an image', () => {
  it.each(['con espacios', 'ñandú', '', 'a/b', 'x'.repeat(51)])('is not taken by the name %j', (nombreca) => {
    expect(mapImage(rowOf({ nombreca }))).toMatchObject({ refused: 'IMAGE_NAME_INVALID' });
  });

  it.each([
    [null, true],
    ['0', true],
    ['1', true],
    ['2', false],
    ['3', false],
  ])('of the type %s is taken: %s', (tipo, isTaken) => {
    expect('value' in mapImage(rowOf({ nombreca: 'a', tipo }))).toBe(isTaken);
  });

  it.each([
    [{}, true],
    [{ revision: '0', fechacreacion: null, idordenador: '0', idperfilsoft: '0' }, false],
    [{ revision: '0', fechacreacion: '2023-01-10 09:30:00' }, true],
    [{ revision: '1' }, true],
    [{ idordenador: '3' }, true],
  ])('with %j has been captured: %s', (values, isCaptured) => {
    expect(mapImage(rowOf({ nombreca: 'a', ...values }))).toMatchObject({ value: { isCaptured } });
  });
});

describe('a repository', () => {
  it('is not taken by the address that an installation was never given', () => {
    expect(mapRepository(rowOf({ nombrerepositorio: 'R', ip: 'SERVERIP' }))).toMatchObject({ refused: 'IP_INVALID' });
  });
});

describe('a profile', () => {
  it('whose name is too long has the whole of it for a description', () => {
    const descripcion = 'x'.repeat(120);
    expect(mapProfile(rowOf({ descripcion }))).toMatchObject({
      value: { name: 'x'.repeat(100), description: descripcion },
    });
  });
});

describe('a menu', () => {
  it('goes by its title where it has no name', () => {
    expect(mapMenu(rowOf({ descripcion: '', titulo: 'Elija' }))).toMatchObject({
      value: { name: 'Elija', description: null },
    });
  });
});

describe('a procedure', () => {
  const script = (scp: string, procedimientoid = '0') =>
    rowOf({ parametros: `nfn=EjecutarScript\rscp=${scp}\r`, procedimientoid });

  it.each([
    ['one script', [script('date')], { value: { script: 'date' } }],
    ['nothing', [], { refused: 'PROCEDURE_EMPTY' }],
    ['two scripts', [script('date'), script('date')], { refused: 'PROCEDURE_HAS_STEPS' }],
    ['another procedure', [script('date', '3')], { refused: 'PROCEDURE_HAS_STEPS' }],
    [
      'another action',
      [rowOf({ parametros: 'nfn=Apagar\r' })],
      { refused: 'PROCEDURE_IS_NO_SCRIPT', params: { action: 'Apagar' } },
    ],
    ['no parameters', [rowOf({ parametros: null })], { refused: 'PROCEDURE_IS_NO_SCRIPT', params: { action: '' } }],
    ['an empty script', [script('%0A')], { refused: 'SCRIPT_UNREADABLE' }],
    ['a script that was cut at an @', [script('mail%20root\rexample.org')], { refused: 'SCRIPT_UNREADABLE' }],
    ['a script with NUL', [script('a%00b')], { refused: 'SCRIPT_UNREADABLE' }],
  ])('of %s', (_what, steps, expected) => {
    expect(mapProcedure(rowOf({ descripcion: 'P' }), steps)).toMatchObject(expected);
  });

  it.each([
    ['echo%20%22ni%F1o%22', 'echo "niño"'],
    ['echo%20ni%C3%B1o', 'echo niño'],
    ['%u20AC', '€'],
    ['a+b', 'a+b'],
    ['a%0D%0Ab%0A%0A%0A', 'a\nb\n'],
    ['100%', null],
    ['%zz', null],
  ])('reads the script %s as %j', (text, expected) => {
    expect(decodeScript(text)).toBe(expected);
  });
});
