import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import { keepAgentFile } from './agent-files.ts';
import { findReportingClient } from './find-reporting-client.ts';
import type { ClientHints } from './find-reporting-client.ts';
import { lockClient } from './set-client-status.ts';

export type ReceiveAgentFile = (hints: ClientHints, file: { name: string; contents: string }) => Promise<boolean>;

/** Keeps a file for the report that will name it. @returns false for a machine that is not ours; nothing is kept then. */
export function createReceiveAgentFile({ db, clock }: { db: Storage; clock: Clock }): ReceiveAgentFile {
  return (hints, file) =>
    db.$transaction(async (tx) => {
      const clientId = await findReportingClient(tx, hints);
      if (clientId === null) return false;
      await lockClient(tx, clientId);
      await keepAgentFile(tx, clientId, file, clock.now());
      return true;
    });
}
