import { readId, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { mapClient } from './map-clients.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { findGroup, findOgLive, withOwner } from './plan-structure.ts';
import { CREATED_BY, labelRow } from './planning.ts';
import type { Planning } from './planning.ts';

/** The clients whose disks are to be taken, by their id there: those that have none here yet. */
export type ClientsWithoutDisks = ReadonlySet<string>;

const CLIENT = { kind: 'clients', table: 'ordenadores', id: 'idordenador', name: 'nombreordenador' } as const;

export function planClients(planning: Planning): ClientsWithoutDisks {
  const { dump, existing, placer, writes, owners } = planning;
  const withoutDisks = new Set<string>();
  const names = { byMac: new Map<string, string>(), byIp: new Map<string, string>() };
  const usualOgLives = new Map(dump.rows('aulas').map((row) => [readId(row, 'idaula'), readText(row, 'oglivedir')]));

  /** Refuses a client that would have what another one has. */
  function checkAddresses<T extends { mac: string; ip: string }>(outcome: Outcome<T>): Outcome<T> {
    if (!('value' in outcome)) return outcome;
    const { mac, ip } = outcome.value;
    const same = existing.clientsByMac.get(mac);
    const otherByMac =
      names.byMac.get(mac) ?? (same !== undefined && placer.isClaimed(same.id) ? same.name : undefined);
    if (otherByMac !== undefined) return refuse('MAC_REPEATED', { mac, other: otherByMac });
    // The same machine is recognized whatever its address is by now.
    if (same !== undefined) return outcome;
    const otherByIp = names.byIp.get(ip) ?? existing.clientsByIp.get(ip)?.name;
    return otherByIp === undefined ? outcome : refuse('IP_REPEATED', { ip, other: otherByIp });
  }

  for (const row of dump.rows('ordenadores')) {
    const label = labelRow(row, CLIENT);
    const placed = placer.place({
      row: label,
      read: () => {
        const outcome = withOwner(placer.findOwner(row, 'idaula', 'aulas'), () => mapClient(row));
        return 'because' in outcome ? outcome : checkAddresses(outcome);
      },
      match: ({ mac }) => existing.clientsByMac.get(mac)?.id,
      create: ({ ownerId: roomId, ...value }, id) => {
        names.byMac.set(value.mac, value.name);
        names.byIp.set(value.ip, value.name);
        owners.set(id, roomId);
        // What is as in its room is inherited from there.
        const isUsual = readText(row, 'oglivedir') === usualOgLives.get(readId(row, 'idaula'));
        writes.clients.push({
          ...value,
          id,
          roomId,
          groupId: findGroup(planning, row, label, 'gruposordenadores', roomId),
          repositoryId: placer.findOptional(row, 'idrepositorio', 'repositorios', label),
          menuId: placer.findOptional(row, 'idmenu', 'menus', label),
          autoexecId: placer.findOptional(row, 'idproautoexec', 'procedimientos', label),
          hardwareProfileId: placer.findOptional(row, 'idperfilhard', 'perfileshard', label),
          ogLiveId: isUsual ? null : findOgLive(planning, row),
          createdBy: CREATED_BY,
        });
      },
    });
    const takesDisks =
      placed?.how === 'created' || (placed?.how === 'linked' && !existing.clientsWithDisks.has(placed.id));
    if (takesDisks) withoutDisks.add(label.legacyId);
  }
  return withoutDisks;
}

/** The teacher's machine of each room that is new, where it is one of that room. */
export function planTeachers({ dump, placer, ledger, writes, owners }: Planning): void {
  const newRooms = new Set(writes.rooms.map(({ id }) => id));
  for (const row of dump.rows('aulas')) {
    const label = labelRow(row, { kind: 'rooms', table: 'aulas', id: 'idaula', name: 'nombreaula' });
    const roomId = placer.find('aulas', label.legacyId);
    if (typeof roomId !== 'string' || !newRooms.delete(roomId)) continue;
    const clientId = placer.findOptional(row, 'idordprofesor', 'ordenadores', label);
    if (clientId === null) continue;
    if (owners.get(clientId) === roomId) {
      writes.teachers.push({ roomId, clientId });
      continue;
    }
    const client = nameOf(row, dump.rows('ordenadores'));
    ledger.change(label, [{ code: 'TEACHER_ELSEWHERE', params: { client } }]);
  }
}

function nameOf(room: LegacyRow, clients: readonly LegacyRow[]): string {
  const id = readId(room, 'idordprofesor');
  const client = clients.find((row) => readId(row, 'idordenador') === id);
  return (client === undefined ? null : readText(client, 'nombreordenador')) ?? id ?? '';
}
