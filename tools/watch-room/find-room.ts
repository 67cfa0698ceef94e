import type { OgGraphClient } from '#client/create-og-graph-client.ts';
import { FindRoomsDocument } from '#client/operations.generated.ts';
import type { Locale } from '#lib/locale.ts';
import { WORDS } from './words.ts';

/** There is no such room, or more than one. */
export class RoomNotFoundError extends Error {}

const SEPARATOR = ' / ';

/**
 * @param name of the room, or «Center / Room»; case does not matter.
 * @throws {RoomNotFoundError}
 */
export async function findRoom(
  client: OgGraphClient,
  name: string,
  locale: Locale,
  signal: AbortSignal,
): Promise<{ id: string; name: string }> {
  const wanted = name.trim().toLocaleLowerCase();
  const found = await Promise.all(
    // A room may have the separator in its own name.
    [...new Set([name.trim(), name.trim().split(SEPARATOR).at(-1) ?? ''])].map((part) =>
      client.request(FindRoomsDocument, { name: part }, { signal }),
    ),
  );
  const rooms = new Map(
    found
      .flatMap(({ rooms: { nodes } }) => nodes)
      .map((room) => [room.id, { id: room.id, name: room.name, full: `${room.center.name}${SEPARATOR}${room.name}` }]),
  );
  const fitting = [...rooms.values()].filter((room) =>
    [room.name, room.full].some((text) => text.toLocaleLowerCase() === wanted),
  );
  const [room, ...others] = fitting;
  if (room === undefined) {
    const similar = [...rooms.values()].map(({ full }) => `\n  ${full}`).join('');
    throw new RoomNotFoundError(`${WORDS.noRoom[locale]} «${name}».${similar}`);
  }
  if (others.length > 0) {
    throw new RoomNotFoundError(`${WORDS.whichRoom[locale]}${fitting.map(({ full }) => `\n  ${full}`).join('')}`);
  }
  return { id: room.id, name: room.full };
}
