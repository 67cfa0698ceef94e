import { GraphQLError } from 'graphql';
import { isUuid } from '#lib/uuid.ts';

export interface NodeId {
  typename: string;
  id: string;
}

/** Every type that is a node; a contract test holds it against the schema. */
export const NODE_TYPES: ReadonlySet<string> = new Set([
  'Blackout',
  'BlackoutCalendar',
  'Center',
  'Client',
  'ClientGroup',
  'ClientSession',
  'Command',
  'DeadLetter',
  'Disk',
  'HardwareProfile',
  'Image',
  'ImageReplica',
  'InventoryChange',
  'Menu',
  'MulticastSession',
  'OgLive',
  'Operation',
  'Partition',
  'PxeTemplate',
  'Repository',
  'Room',
  'RoomGroup',
  'Schedule',
  'ScheduleRun',
  'SoftwareProfile',
  'Subnet',
  'Trace',
]);

const MAX_NODES = 100;

/** The type and our own id out of a Relay id, base64 of `Type:id`; an id of nothing for text that is no such id. */
export function decodeNodeId(globalId: string): NodeId {
  const [, typename = '', id = ''] =
    globalId.length > 200
      ? []
      : (/^([A-Za-z]\w*):(.+)$/.exec(Buffer.from(globalId, 'base64').toString('latin1')) ?? []);
  // The Relay plugin wants a type that exists; an empty id of it names nothing.
  return NODE_TYPES.has(typename) ? { typename, id } : { typename: 'Center', id: '' };
}

/** Whether an id could name something at all. */
export function couldName({ id }: NodeId): boolean {
  return isUuid(id);
}

/** Resolves those that could name something, and gives null for the others, in their places. */
export async function resolveEachNode(
  ids: NodeId[],
  resolveNodes: (ids: NodeId[]) => Promise<unknown[]>,
): Promise<unknown[]> {
  if (ids.length > MAX_NODES) {
    throw new GraphQLError(`At most ${MAX_NODES} ids at once.`, {
      extensions: { code: 'TOO_MANY_IDS', max: MAX_NODES },
    });
  }
  const resolved = (await resolveNodes(ids.filter(couldName))).values();
  return ids.map((id) => (couldName(id) ? resolved.next().value : null));
}
