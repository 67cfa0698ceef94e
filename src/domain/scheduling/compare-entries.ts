/** An occurrence as it is stored. */
export interface StoredEntry {
  id: string;
  uid: string | null;
  name: string;
  startsAt: Date;
  endsAt: Date;
}

/** An occurrence as the calendar has it now. */
export interface NamedEntry {
  uid: string;
  name: string;
  startsAt: Date;
  endsAt: Date;
}

export interface EntryChanges {
  /** Ids of those that the calendar does not have any more. */
  gone: readonly string[];
  /** Those that have another end or name now. */
  changed: readonly { id: string; name: string; endsAt: Date }[];
  added: readonly NamedEntry[];
}

/**
 * What has to be done for the stored occurrences of a calendar to be what it says from now on. An occurrence is known by its event and its
 * beginning; what is over is only touched where the calendar says that it goes on after all.
 */
export function compareEntries(
  stored: readonly StoredEntry[],
  entries: readonly NamedEntry[],
  now: Date,
): EntryChanges {
  const keyOf = ({ uid, startsAt }: { uid: string | null; startsAt: Date }) => `${startsAt.getTime()} ${uid ?? ''}`;
  const known = new Map(stored.map((row) => [keyOf(row), row]));
  const changed: { id: string; name: string; endsAt: Date }[] = [];
  const added: NamedEntry[] = [];
  for (const entry of entries) {
    const row = known.get(keyOf(entry));
    known.delete(keyOf(entry));
    if (row === undefined) added.push(entry);
    else if (row.name !== entry.name || row.endsAt.getTime() !== entry.endsAt.getTime()) {
      changed.push({ id: row.id, name: entry.name, endsAt: entry.endsAt });
    }
  }
  const gone = [...known.values()].filter(({ endsAt }) => endsAt > now).map(({ id }) => id);
  return { gone, changed, added };
}
