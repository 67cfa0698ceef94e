import type { Storage } from '#domain/storage.ts';
import type { Campus } from './create-campus.ts';

/**
 * Gives a campus of createCampus everything that an administrator may keep beside it: nested groups, boot settings at every height,
 * profiles, commands and revisions. Every other room says things for itself, and every third client.
 *
 * @param number tells the names of one campus from those of another in the same database.
 */
export async function furnishCampus(db: Storage, campus: Campus, number: number): Promise<void> {
  const at = (list: readonly string[], index: number): string => list[index % list.length] ?? '';
  const name = (word: string) => `${word} ${number}`;
  const ogLive = await db.ogLive.create({ data: { name: name('ogLive') } });
  const menu = await db.menu.create({ data: { name: name('Menú') } });
  const template = await db.pxeTemplate.create({ data: { name: name('PXE'), template: '#!ipxe' } });
  const command = await db.command.create({ data: { name: name('Inventario'), script: 'ogListHardwareInfo' } });
  const boot = { ogLiveId: ogLive.id, menuId: menu.id, pxeTemplateId: template.id };

  for (const [index, centerId] of campus.centerIds.entries()) {
    const building = await db.roomGroup.create({ data: { centerId, name: 'Edificio' } });
    const floor = await db.roomGroup.create({ data: { centerId, name: 'Planta', parentId: building.id } });
    if (index === 0) await db.center.update({ where: { id: centerId }, data: { ...boot, ntp: 'hora.uni.es' } });
    await db.room.updateMany({ where: { centerId }, data: { roomGroupId: floor.id } });
  }
  for (const [index, roomId] of campus.roomIds.entries()) {
    const teacher = await db.client.findFirstOrThrow({ where: { roomId }, orderBy: { name: 'asc' } });
    const own = index % 2 === 0 ? { ...boot, routerIp: `10.${index}.0.1`, netmask: '255.255.0.0' } : {};
    await db.room.update({ where: { id: roomId }, data: { ...own, teacherClientId: teacher.id, seats: 30 } });
    const group = await db.clientGroup.findFirstOrThrow({ where: { roomId } });
    await db.clientGroup.create({ data: { roomId, name: 'Ventana', parentId: group.id } });
    await scheduleRoom(db, roomId, `${name('Noche')} ${index}`, at(campus.imageIds, index));
  }
  await db.repository.update({
    where: { id: at(campus.repositoryIds, 0) },
    data: { centerId: at(campus.centerIds, 0) },
  });
  await db.multicastSession.createMany({
    data: campus.operationIds.map((operationId) => ({
      operationId,
      repositoryId: at(campus.repositoryIds, 0),
      repositoryIp: '172.16.0.1',
      imageName: 'aula-0',
      checksum: '5d41402abc4b2a76b9719d911017c592',
      method: 'UDPCAST' as const,
      maxClients: 3,
      maxWaitSeconds: 60,
      status: 'FINISHED' as const,
    })),
  });
  const profiles = await Promise.all(
    [0, 1].map((n) =>
      db.hardwareProfile.create({
        data: {
          name: name(`Perfil ${n}`),
          components: { create: [{ kind: 'CPU', description: name(`Procesador ${n}`) }] },
          clients: { connect: campus.clientIds.filter((_id, index) => index % 2 === n).map((id) => ({ id })) },
        },
      }),
    ),
  );
  if (profiles.length !== 2) throw new Error('the profiles were not made');
  await db.clientSession.createMany({
    data: campus.clientIds
      .slice(0, 3)
      .map((clientId) => ({ clientId, system: 'OGLIVE' as const, startedAt: new Date() })),
  });
  await db.inventoryChange.createMany({
    data: campus.clientIds.slice(0, 3).map((clientId) => ({
      clientId,
      kind: 'HARDWARE' as const,
      isFirst: true,
      added: [{ kind: 'CPU', text: name('Procesador') }],
      removed: [],
    })),
  });
  const receivedAt = new Date('2026-11-23T08:00:00Z');
  await db.deadLetter.createMany({
    data: campus.clientIds.slice(0, 3).map((clientId) => ({
      reason: 'SENDER_REFUSED' as const,
      route: '/opengnsys/rest/clients/status/webhook',
      sender: '10.66.6.6',
      clientId,
      detail: 'it came from another address than the client’s',
      body: '{}',
      sizeBytes: 2,
      digest: name(clientId),
      firstReceivedAt: receivedAt,
      lastReceivedAt: receivedAt,
    })),
  });
  const own = campus.clientIds.filter((_id, index) => index % 3 === 0);
  await db.client.updateMany({ where: { id: { in: own } }, data: { ...boot, autoexecId: command.id } });
  for (const [index, id] of campus.softwareProfileIds.entries()) {
    await db.softwareProfile.update({
      where: { id },
      data: { software: { create: [{ kind: 'APPLICATION', name: name(`Programa ${index}`) }] } },
    });
  }
  for (const id of campus.imageIds) {
    await db.image.update({ where: { id }, data: { revision: 2, sourceClientId: at(campus.clientIds, 0) } });
  }
}

/** A class and a deployment by night, which has been refused once. */
async function scheduleRoom(db: Storage, roomId: string, name: string, imageId: string): Promise<void> {
  const [startsAt, endsAt] = [new Date('2099-11-23T08:00:00Z'), new Date('2099-11-23T10:00:00Z')];
  const calendar = await db.blackoutCalendar.create({
    data: { roomId, name: 'Docencia', source: '', timeZone: 'UTC', importedAt: startsAt, expandedUntil: endsAt },
  });
  await db.blackout.create({
    data: { roomId, calendarId: calendar.id, uid: 'redes', name: 'Redes', startsAt, endsAt },
  });
  const error = { code: 'INTERNAL', messageKey: 'INTERNAL', params: {}, path: [], clients: [] };
  await db.schedule.create({
    data: {
      name,
      action: 'DELETE_CACHED_IMAGE',
      order: { action: 'DELETE_CACHED_IMAGE', imageId },
      target: { roomId },
      options: { onBlocked: 'REJECT_ALL', whenBusy: 'QUEUE', onBlackout: 'REFUSE', overrideReason: null, waves: null },
      cron: '0 22 * * *',
      nextRunAt: startsAt,
      runs: {
        create: {
          dueAt: startsAt,
          dueSince: startsAt,
          requestedBy: 'administrator',
          startedAt: startsAt,
          finishedAt: startsAt,
          outcome: 'FAILED',
          error,
          leaseUntil: startsAt,
        },
      },
    },
  });
}
