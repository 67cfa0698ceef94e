import type { Storage } from '#domain/storage.ts';

/** The walkthrough's scenario. Ids are fixed, so that a document printed by the demo also works when pasted elsewhere. */
export const scenario = {
  center: { id: '01936caa-0000-7000-8000-000000000001', name: 'Centro Demo' },
  room: {
    id: '01936caa-0000-7000-8000-000000000002',
    name: 'Aula Demo',
    routerIp: '192.168.2.1',
    netmask: '255.255.255.0',
  },
  subnet: { id: '01936caa-0000-7000-8000-000000000003', cidr: '192.168.2.0/24', routerIp: '192.168.2.1' },
  repository: {
    id: '01936caa-0000-7000-8000-000000000004',
    name: 'ogRepository Demo',
    ip: '192.168.68.55',
    path: '/opt/opengnsys/ogrepository/images',
  },
  softwareProfile: { id: '01936caa-0000-7000-8000-000000000005', number: 1, name: 'Ubuntu 24.04' },
  ogLive: {
    id: '01936caa-0000-7000-8000-000000000006',
    name: 'ogLive-noble-6.8.0-31-generic-amd64-241120',
    isDefault: true,
    distribution: 'noble',
    kernel: '6.8.0-31-generic',
    architecture: 'amd64',
    revision: '241120',
    directory: 'ogLive-noble-6.8.0-31-generic-amd64-241120',
  },
  menu: { id: '01936caa-0000-7000-8000-000000000007', name: 'Menú por defecto', isDefault: true },
  model: { id: '01936cb9-8d20-7c55-9a10-2f1d6b7c0e11', name: 'modelo', mac: '08:00:27:4F:BE:38', ip: '192.168.2.2' },
  client: { id: '01936cba-f6d0-7a3c-8f21-5b9d3c7e1a04', name: 'pc1', mac: '08:00:27:0B:88:BE', ip: '192.168.2.3' },
  image: { id: '01936caf-facb-72ad-9446-97e7dbf2b96a', name: 'image-test' },
  damagedImage: { id: '01936cb0-1c9e-7b40-b3d5-6e0f4a8d2c77', name: 'image-danada' },
} as const;

const GIB = 1024n ** 3n;

/**
 * Loads the scenario of the walkthrough where it is not there yet; what is there stays as it is. The machines' disks are not
 * part of it: their agents report them when they start.
 */
export async function loadScenario(db: Storage): Promise<void> {
  await db.$transaction(async (tx) => {
    if ((await tx.center.findUnique({ where: { id: scenario.center.id } })) !== null) return;
    const { center, room, subnet, repository, softwareProfile, ogLive, menu, model, client, image, damagedImage } =
      scenario;
    await tx.center.create({ data: center });
    await tx.room.create({ data: { ...room, centerId: center.id } });
    await tx.subnet.create({ data: subnet });
    await tx.repository.create({ data: repository });
    await tx.ogLive.create({ data: ogLive });
    await tx.menu.create({ data: menu });
    await tx.softwareProfile.create({ data: softwareProfile });
    // Its number was given by hand; the next one is counted on from there.
    await tx.$executeRaw`SELECT setval(pg_get_serial_sequence('software_profiles', 'number'), ${softwareProfile.number})`;
    const place = {
      roomId: room.id,
      subnetId: subnet.id,
      repositoryId: repository.id,
      netiface: 'eth0',
      firmware: 'BIOS',
    } as const;
    await tx.client.createMany({ data: [model, client].map((machine) => ({ ...machine, ...place, status: 'OFF' })) });
    const ubuntu = {
      type: 'Linux',
      version: 'Ubuntu 24.04',
      architecture: 'x86_64',
      softwareProfileId: softwareProfile.id,
    };
    await tx.image.create({
      data: {
        ...image,
        ...ubuntu,
        description: 'Creada desde el equipo modelo',
        sizeBytes: 6n * GIB,
        replicas: {
          create: {
            repositoryId: repository.id,
            status: 'READY',
            checksum: '5d41402abc4b2a76b9719d911017c592',
            sizeBytes: 2n * GIB,
          },
        },
      },
    });
    await tx.image.create({
      data: {
        ...damagedImage,
        ...ubuntu,
        description: 'Su fichero no coincide con su suma',
        sizeBytes: 6n * GIB,
        replicas: { create: { repositoryId: repository.id, status: 'CORRUPT', sizeBytes: GIB } },
      },
    });
  });
}
