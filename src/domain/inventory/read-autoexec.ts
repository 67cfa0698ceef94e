import type { Storage } from '#domain/storage.ts';
import { findReportingClient } from './find-reporting-client.ts';
import type { ClientHints } from './find-reporting-client.ts';

/** The command that ogLive runs by itself at each start. */
export interface Autoexec {
  id: string;
  script: string;
}

export type ReadAutoexec = (hints: ClientHints) => Promise<Autoexec | null>;

/** What the machine is to run at its start; null for nothing, for a command that has no script, and for a machine that is not ours. */
export function createReadAutoexec({ db }: { db: Storage }): ReadAutoexec {
  return async (hints) => {
    const clientId = await findReportingClient(db, hints);
    if (clientId === null) return null;
    const { autoexec } = await db.client.findUniqueOrThrow({
      where: { id: clientId },
      select: { autoexec: { select: { id: true, script: true } } },
    });
    const script = autoexec?.script ?? null;
    return autoexec === null || script === null ? null : { id: autoexec.id, script };
  };
}
