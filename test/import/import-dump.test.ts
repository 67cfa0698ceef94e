import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#db/database.ts';
import { findExisting } from '#import/find-existing.ts';
import { importDump } from '#import/import-dump.ts';
import type { ImportOptions } from '#import/import-dump.ts';
import { planImport, TABLES_READ } from '#import/plan-import.ts';
import { createDumpReader } from '#import/read-dump.ts';
import { KINDS } from '#import/report.ts';
import type { ImportReport } from '#import/report.ts';
import { writePlan } from '#import/write-plan.ts';
import { openTestDatabase } from '#test/support/open-test-database.ts';
import { generateDump } from './generate-dump.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures', 'opengnsys-1.1.sql'));
/** What the fixture becomes, by table. */
const ROWS = {
  centers: 2,
  ogLives: 2,
  menus: 2,
  commands: 1,
  softwareProfiles: 3,
  software: 2,
  hardwareProfiles: 1,
  hardwareComponents: 2,
  repositories: 2,
  roomGroups: 4,
  rooms: 3,
  clientGroups: 4,
  clients: 3,
  images: 2,
  imageReplicas: 3,
  disks: 3,
  partitions: 7,
  cachedImages: 2,
};

type Options = Partial<Omit<ImportOptions, 'dump'>>;

async function bring(db: Database, sql: Buffer | string, options: Options = {}): Promise<ImportReport> {
  const reader = createDumpReader(TABLES_READ);
  reader.push(Buffer.from(sql as string));
  return importDump(db.prisma, {
    dump: reader.finish(),
    dryRun: false,
    againDeleted: false,
    onProgress: () => {},
    ...options,
  });
}

/** The fixture with some of its text replaced, which must be there. */
function edit(from: string, to: string): string {
  const sql = FIXTURE.toString();
  expect(sql).toContain(from);
  return sql.replace(from, () => to);
}

async function countRows({ prisma: db }: Database): Promise<Record<string, number>> {
  return {
    centers: await db.center.count(),
    ogLives: await db.ogLive.count(),
    menus: await db.menu.count(),
    commands: await db.command.count(),
    softwareProfiles: await db.softwareProfile.count(),
    software: await db.software.count(),
    hardwareProfiles: await db.hardwareProfile.count(),
    hardwareComponents: await db.hardwareComponent.count(),
    repositories: await db.repository.count(),
    roomGroups: await db.roomGroup.count(),
    rooms: await db.room.count(),
    clientGroups: await db.clientGroup.count(),
    clients: await db.client.count(),
    images: await db.image.count(),
    imageReplicas: await db.imageReplica.count(),
    disks: await db.disk.count(),
    partitions: await db.partition.count(),
    cachedImages: await db.cachedImage.count(),
  };
}

const createdIn = (report: ImportReport) => KINDS.filter((kind) => report.kinds[kind].created > 0);
const remarkOn = (report: ImportReport, table: string, legacyId: string) =>
  report.remarks.filter((remark) => remark.table === table && remark.legacyId === legacyId);

describe('moving in', () => {
  let database: Database;
  let report: ImportReport;

  beforeAll(async () => {
    database = await openTestDatabase();
    report = await bring(database, FIXTURE);
  });
  afterAll(() => database.close());

  it('makes a row of ours of each row that has a place', async () => {
    expect(await countRows(database)).toEqual(ROWS);
    expect(report).toMatchObject({ sourceName: 'ogAdmBD@192.168.2.10', database: 'ogAdmBD', dryRun: false });
  });

  it('keeps account of every row: each was created, was here, or was not taken', () => {
    for (const kind of KINDS) {
      const { found, created, alreadyHere, notTaken } = report.kinds[kind];
      expect({ kind, sum: created + alreadyHere + notTaken }).toEqual({ kind, sum: found });
    }
    expect(report.kinds.clients).toEqual({ found: 8, created: 3, alreadyHere: 0, changed: 2, notTaken: 5 });
    expect(report.kinds.partitions).toEqual({ found: 10, created: 7, alreadyHere: 0, changed: 2, notTaken: 3 });
  });

  it('brings a room with its network, its groups and its teacher’s machine', async () => {
    const room = await database.prisma.room.findFirstOrThrow({
      where: { name: 'Aula 1' },
      include: { center: true, roomGroup: { include: { parent: true } }, teacherClient: true, ogLive: true },
    });
    expect(room).toMatchObject({
      center: { name: 'Facultad de Informática' },
      roomGroup: { name: 'Planta 1ª', parent: { name: 'Edificio A' } },
      teacherClient: { name: 'pc-profe' },
      ogLive: { name: 'ogLive', isDefault: true },
      location: 'Edificio A, planta 1ª',
      comments: "It's «C:\\aulas\\1»; línea 1\nlínea 2",
      seats: 24,
      hasProjector: true,
      hasBoard: true,
      remoteAccess: true,
      reservableFromHour: 8,
      reservableUntilHour: 21,
      validation: true,
      loginPage: '/login.php',
      validationPage: '/validar.php',
      routerIp: '192.168.2.254',
      netmask: '255.255.255.0',
      dns: ['150.214.1.1', '8.8.8.8'],
      ntp: 'hora.uni.es',
      proxy: 'http://proxy.uni.es:3128',
      multicastIp: '239.194.2.1',
      multicastPort: 9000,
      multicastMode: 'FULL_DUPLEX',
      multicastSpeedMbps: 70,
      p2pMode: 'PEER',
      p2pSeedSeconds: 60,
      createdBy: 'import',
    });
  });

  it('brings a client with everything it has and hangs on', async () => {
    const client = await database.prisma.client.findUniqueOrThrow({
      where: { mac: '02:42:C0:A8:02:01' },
      include: {
        group: { include: { parent: { include: { parent: true } } } },
        repository: true,
        menu: true,
        autoexec: true,
        hardwareProfile: { include: { components: { orderBy: { kind: 'asc' } } } },
      },
    });
    expect(client).toMatchObject({
      name: 'pc-profe',
      ip: '192.168.2.1',
      serialNumber: 'CZC8512ABC',
      netiface: 'eth0',
      netDriver: 'generic',
      photo: null,
      validation: true,
      remoteAccess: true,
      maintenance: false,
      status: 'UNKNOWN',
      // The room has the same one.
      ogLiveId: null,
      group: { name: 'Fila 1', parent: { name: 'Delante', parent: { name: 'Filas' } } },
      repository: { name: 'Repositorio Central', ip: '192.168.2.10', centerId: null },
      menu: {
        name: 'Menú básico',
        description: 'Elija un sistema',
        publicUrl: 'http://192.168.2.10/menu/pub.html',
        resolution: '788',
      },
      autoexec: { name: 'Saludar al niño', action: 'RUN_SCRIPT', script: 'echo "Hola, niño €" + fin\n' },
      hardwareProfile: {
        components: [
          { kind: 'CPU', description: 'Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz' },
          { description: 'HP ProDesk 600 G4' },
        ],
      },
    });
    const other = await database.prisma.client.findUniqueOrThrow({
      where: { mac: '02:42:C0:A8:02:02' },
      include: { ogLive: true, repository: true },
    });
    expect(other).toMatchObject({
      photo: 'hp.jpg',
      ogLive: { name: 'ogLive-focal', isDefault: false },
      // Two centers had entered it, so it is one.
      repository: { name: 'Repositorio Central' },
      menuId: null,
      autoexecId: null,
    });
  });

  it('brings disks and partitions in our units, with what was deployed there', async () => {
    const disks = await database.prisma.disk.findMany({
      where: { client: { mac: '02:42:C0:A8:02:01' } },
      include: {
        partitions: {
          orderBy: { number: 'asc' },
          include: {
            image: true,
            softwareProfile: true,
            cachedImages: { orderBy: { name: 'asc' }, include: { image: true } },
          },
        },
      },
    });
    expect(disks).toMatchObject([
      {
        number: 1,
        sizeBytes: 500_107_862_016n,
        partitionTable: 'GPT',
        partitions: [
          { number: 1, code: 'EF00', fileSystem: 'FAT32', sizeBytes: 536_870_912n, usedPercent: 5, imageId: null },
          {
            number: 2,
            code: '0700',
            fileSystem: 'NTFS',
            operatingSystem: 'Windows 10 Enterprise 64 bits',
            image: { name: 'windows10' },
            imageRevision: 3,
            deployedAt: new Date(2023, 1, 15, 12),
            softwareProfile: { name: 'Perfil Software (pc-profe, Part:1,2)' },
          },
          {
            number: 4,
            code: 'CA00',
            fileSystem: 'CACHE',
            cachedImages: [
              { name: 'vieja', image: null },
              { name: 'windows10', image: { name: 'windows10' } },
            ],
          },
        ],
      },
    ]);
    const withoutDisk = await database.prisma.disk.findFirstOrThrow({
      where: { client: { name: 'ordenador niño' } },
      include: { partitions: true },
    });
    expect(withoutDisk).toMatchObject({
      number: 1,
      sizeBytes: 0n,
      partitionTable: 'UNKNOWN',
      partitions: [{ code: '83' }],
    });
  });

  it('makes one image of the copies in two repositories, with the newest revision', async () => {
    const images = await database.prisma.image.findMany({
      orderBy: { name: 'desc' },
      include: {
        replicas: { orderBy: { revision: 'desc' }, include: { repository: true } },
        revisions: true,
        sourceClient: true,
        softwareProfile: { include: { software: { orderBy: { kind: 'asc' } } } },
      },
    });
    expect(images).toMatchObject([
      {
        name: 'windows10',
        description: 'Windows de las aulas',
        type: 'Windows',
        version: 'Windows 10 Enterprise 64 bits',
        kind: 'MONOLITHIC',
        revision: 3,
        sizeBytes: null,
        sourceClient: { name: 'pc-profe' },
        sourceDisk: 1,
        sourcePartition: 2,
        createdAt: new Date(2023, 1, 10, 9, 30),
        revisions: [{ number: 3 }],
        replicas: [
          { revision: 3, status: 'READY', repository: { ip: '192.168.2.10' } },
          { revision: 2, status: 'READY', repository: { ip: '192.168.2.11' } },
        ],
        softwareProfile: { software: [{ name: 'Windows 10 Enterprise 64 bits' }, { name: 'LibreOffice 7.4' }] },
      },
      { name: 'ubuntu', revision: 1, replicas: [{ revision: null, status: 'PENDING' }] },
    ]);
  });

  it.each([
    ['centros', '3', 'NAME_EMPTY', { aulas: 1, ordenadores: 1 }],
    ['aulas', '5', 'OWNER_MISSING', {}],
    ['ordenadores', '3', 'MAC_REPEATED', { 'aulas.idordprofesor': 1, ordenadores_particiones: 2 }],
    ['ordenadores', '4', 'MAC_INVALID', {}],
    ['ordenadores', '5', 'IP_REPEATED', {}],
    ['ordenadores', '8', 'OWNER_MISSING', {}],
    ['imagenes', '3', 'IMAGE_NAME_INVALID', { 'ordenadores_particiones.idimagen': 1 }],
    ['imagenes', '5', 'IMAGE_KIND_UNSUPPORTED', {}],
    ['ordenadores_particiones', '55', 'OWNER_MISSING', { ordenadores_particiones: 1 }],
    ['ordenadores_particiones', '2/0/1', 'NUMBER_INVALID', {}],
    ['procedimientos', '2', 'PROCEDURE_IS_NO_SCRIPT', { 'ordenadores.idproautoexec': 1 }],
    ['hardwares', '4', 'HARDWARE_KIND_UNKNOWN', {}],
    ['softwares', '3', 'SOFTWARE_KIND_UNSUPPORTED', { 'perfilessoft_softwares.idsoftware': 1 }],
  ])('says that %s %s was not taken (%s), and what is missing because of it', (table, id, code, also) => {
    expect(remarkOn(report, table, id)).toMatchObject([{ outcome: 'NOT_TAKEN', code, also }]);
  });

  it.each([
    ['aulas', '2', ['NAME_REPEATED', 'VALUE_DROPPED']],
    ['aulas', '3', ['GROUP_OF_OTHER_ROOM', 'VALUE_DROPPED']],
    ['grupos', '4', ['GROUP_IN_CIRCLE']],
    ['gruposordenadores', '4', ['NAME_REPEATED']],
    ['menus', '2', ['NAME_REPEATED']],
    ['menus', '88', ['REFERENCE_MISSING']],
    ['perfilessoft', '3', ['NAME_SHORTENED']],
    ['perfilessoft', '44', ['REFERENCE_MISSING']],
    ['repositorios', '3', ['MERGED']],
    ['ordenadores_particiones', '7/1/1', ['DISK_ASSUMED']],
  ])('says what was changed in %s %s: %j', (table, id, codes) => {
    const remarks = remarkOn(report, table, id);
    expect(remarks.map(({ code }) => code)).toEqual(codes);
    expect(remarks.every(({ outcome, es, en }) => outcome === 'CHANGED' && es !== en && !/[{}]/.test(es + en))).toBe(
      true,
    );
  });

  it('names the tables of which nothing is taken', () => {
    expect(report.tablesNotTaken.map(({ table, rows }) => [table, rows])).toEqual([
      ['acciones', 2],
      ['acciones_menus', 1],
      ['grupos', 1],
      ['usuarios', 1],
    ]);
  });

  it('takes no secret', async () => {
    const stored = JSON.stringify(
      [await database.prisma.client.findMany(), await database.prisma.repository.findMany(), report],
      (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(stored).not.toContain('0123456789abcdef');
  });
});

describe('moving in again', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
    await bring(database, FIXTURE);
  });
  afterAll(() => database.close());

  it('changes nothing', async () => {
    const before = await database.prisma.importedRow.findMany();
    const report = await bring(database, FIXTURE);
    expect(createdIn(report)).toEqual([]);
    expect(await countRows(database)).toEqual(ROWS);
    expect(await database.prisma.importedRow.findMany()).toEqual(before);
  });

  it('leaves what an administrator has changed since', async () => {
    await database.prisma.client.update({
      where: { mac: '02:42:C0:A8:02:02' },
      data: { name: 'renamed', mac: '02:00:00:00:00:99' },
    });
    const report = await bring(database, FIXTURE);
    expect(createdIn(report)).toEqual([]);
    expect(await database.prisma.client.findMany({ where: { name: { in: ['renamed', 'pc2'] } } })).toMatchObject([
      { name: 'renamed' },
    ]);
  });

  it('brings what is new in a later dump, into its place', async () => {
    const report = await bring(database, edit("'0242C0A80708',77", "'0242C0A80708',2"));
    expect(createdIn(report)).toEqual(['clients']);
    expect(
      await database.prisma.client.findUniqueOrThrow({ where: { mac: '02:42:C0:A8:07:08' }, include: { room: true } }),
    ).toMatchObject({
      name: 'pc8',
      room: { name: 'Aula 1 (2)' },
    });
  });

  it('does not bring again what was deleted here, unless it is told to', async () => {
    await database.prisma.client.delete({ where: { mac: '02:42:C0:A8:05:07' } });
    const report = await bring(database, FIXTURE);
    expect(createdIn(report)).toEqual([]);
    expect(remarkOn(report, 'ordenadores', '7')).toMatchObject([
      { code: 'DELETED_HERE', also: { ordenadores_particiones: 1 } },
    ]);

    const again = await bring(database, FIXTURE, { againDeleted: true });
    expect(createdIn(again)).toEqual(['clients', 'partitions']);
    expect(await database.prisma.client.count({ where: { mac: '02:42:C0:A8:05:07' } })).toBe(1);
    expect(createdIn(await bring(database, FIXTURE))).toEqual([]);
  });

  it('knows what is deleted here and was made again by hand', async () => {
    const { roomId } = await database.prisma.client.delete({ where: { mac: '02:42:C0:A8:05:07' } });
    const { id } = await database.prisma.client.create({
      data: { name: 'by hand', mac: '02:42:C0:A8:05:07', ip: '192.168.99.1', roomId },
    });
    const report = await bring(database, FIXTURE);
    expect(createdIn(report)).toEqual(['partitions']);
    expect(
      await database.prisma.importedRow.findMany({ where: { table: 'ordenadores', legacyId: '7' } }),
    ).toMatchObject([{ id }]);
  });
});

describe('moving into a house that is lived in', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('knows what is here already, and does not make it twice or change it', async () => {
    const { prisma: db } = database;
    const center = await db.center.create({ data: { name: 'Facultad de Informática' } });
    const room = await db.room.create({ data: { name: 'Aula 1', centerId: center.id, netmask: '255.255.0.0' } });
    const oglive = await db.ogLive.create({ data: { name: 'ogLive-new', isDefault: true } });
    await db.repository.create({ data: { name: 'Ours', ip: '192.168.2.11', path: '/srv' } });
    await db.image.create({ data: { name: 'ubuntu', revision: 7 } });
    await db.client.create({
      data: {
        name: 'ours',
        mac: '02:42:C0:A8:02:01',
        ip: '10.0.0.1',
        roomId: room.id,
        disks: { create: { number: 1, sizeBytes: 1n } },
      },
    });
    await db.client.create({
      data: { name: 'its address', mac: '02:00:00:00:00:01', ip: '192.168.2.2', roomId: room.id },
    });

    const report = await bring(database, FIXTURE);
    expect(report.kinds.centers).toMatchObject({ created: 1, alreadyHere: 1 });
    expect(report.kinds.rooms).toMatchObject({ created: 2, alreadyHere: 1 });
    expect(report.kinds.repositories).toMatchObject({ created: 1, alreadyHere: 2 });
    expect(report.kinds.images).toMatchObject({ created: 1, alreadyHere: 2 });
    // The machine with our MAC is ours; the one whose address another machine of ours has is not taken.
    expect(report.kinds.clients).toMatchObject({ created: 1, alreadyHere: 1, notTaken: 6 });
    expect(remarkOn(report, 'ordenadores', '2')).toMatchObject([
      { code: 'IP_REPEATED', params: { other: 'its address' } },
    ]);
    expect(
      await db.client.findUniqueOrThrow({ where: { mac: '02:42:C0:A8:02:01' }, include: { disks: true } }),
    ).toMatchObject({
      name: 'ours',
      ip: '10.0.0.1',
      disks: [{ sizeBytes: 1n }],
    });
    expect(await db.room.findUniqueOrThrow({ where: { id: room.id } })).toMatchObject({ netmask: '255.255.0.0' });
    expect(await db.image.findUniqueOrThrow({ where: { name: 'ubuntu' }, include: { replicas: true } })).toMatchObject({
      revision: 7,
      replicas: [{ status: 'PENDING' }],
    });
    expect(await db.ogLive.findMany({ where: { isDefault: true } })).toMatchObject([{ id: oglive.id }]);
    expect(createdIn(await bring(database, FIXTURE))).toEqual([]);
  });
});

describe('the dump of another installation', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
    await bring(database, generateDump({ clients: 10 }), { sourceName: 'north' });
  });
  afterAll(() => database.close());

  const SOUTH = generateDump({ clients: 10 }).replaceAll("'020000", "'020001").replaceAll("'10.0.", "'10.9.");

  it('is not taken for the one that was imported by the same name', async () => {
    await expect(bring(database, SOUTH, { sourceName: 'north' })).rejects.toMatchObject({ code: 'SOURCE_IS_ANOTHER' });
    expect(await database.prisma.client.count()).toBe(10);
  });

  it('comes beside it by a name of its own, in the center that both call the same', async () => {
    await bring(database, SOUTH, { sourceName: 'south' });
    expect(await database.prisma.client.count()).toBe(20);
    expect(await database.prisma.center.count()).toBe(1);
  });
});

describe('a trial', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('says the same and writes nothing', async () => {
    const trial = await bring(database, FIXTURE, { dryRun: true });
    expect(Object.values(await countRows(database)).every((count) => count === 0)).toBe(true);
    expect(await database.prisma.importedRow.count()).toBe(0);
    const real = await bring(database, FIXTURE);
    expect({ ...trial, dryRun: false, startedAt: '', finishedAt: '' }).toEqual({
      ...real,
      startedAt: '',
      finishedAt: '',
    });
  });
});

describe('the same installation in Latin-1', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('has the same names', async () => {
    const latin1 = Buffer.from(FIXTURE.toString().replace('SET NAMES utf8mb4', 'SET NAMES latin1'), 'latin1');
    expect(latin1.equals(FIXTURE)).toBe(false);
    await bring(database, latin1);
    expect(await database.prisma.room.findMany({ where: { name: 'Aula Ñandú' } })).toHaveLength(1);
    expect(await database.prisma.center.findMany({ where: { name: 'Facultad de Informática' } })).toHaveLength(1);
    expect(await countRows(database)).toEqual(ROWS);
  });
});

describe('somebody else who writes at the same time', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('makes the import write nothing at all and say so', async () => {
    const { prisma: db } = database;
    const reader = createDumpReader(TABLES_READ);
    reader.push(FIXTURE);
    const existing = await findExisting(db, 'x');
    const { writes } = planImport({ dump: reader.finish(), existing, againDeleted: false });
    // Planned is planned: now there is a menu of that name.
    await db.menu.create({ data: { name: 'Menú básico' } });
    await expect(writePlan(db, 'x', writes, () => {})).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
    expect(await db.center.count()).toBe(0);
    expect(await db.importedRow.count()).toBe(0);
  });
});

describe('an installation of five thousand machines', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('moves in within a minute, and again in no time', { timeout: 120_000 }, async () => {
    const dump = generateDump({ clients: 5000 });
    const startedAt = performance.now();
    const report = await bring(database, dump);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(report.kinds.clients).toMatchObject({ found: 5000, created: 5000, notTaken: 0 });
    expect(report.remarks).toEqual([]);
    expect(await countRows(database)).toMatchObject({
      rooms: 200,
      clients: 5000,
      disks: 5000,
      partitions: 20_000,
      cachedImages: 5000,
    });

    let steps = 0;
    const again = await bring(database, dump, { onProgress: (phase) => (steps += phase === 'write' ? 1 : 0) });
    expect(createdIn(again)).toEqual([]);
    expect(steps).toBe(0);
  });
});
