import type { Transaction } from '#domain/storage.ts';
import type { ClientRow } from './set-client-status.ts';

/** A client that speaks, with all that is asked of it before it is believed and all that it is answered. */
export interface Speaker extends ClientRow {
  name: string;
  ip: string;
  centerId: string;
  autoexecId: string | null;
  serialNumber: string | null;
  /** SHA-256 of the secret that its agent told at its last start. */
  startSecretSha256: string | null;
  /** Whether it was issued a secret to sign with. */
  mustSign: boolean;
}

/** Locks a client that speaks: `lockClient`, and what a report needs besides, in the one statement that it takes anyhow. */
export async function lockSpeaker(tx: Transaction, clientId: string): Promise<Speaker> {
  const [client] = await tx.$queryRaw<Speaker[]>`
    SELECT id, room_id AS "roomId", status::text AS status, running_system::text AS "runningSystem",
      running_since AS "runningSince", name, ip, center_id AS "centerId", autoexec_id AS "autoexecId",
      serial_number AS "serialNumber", agent_start_secret_sha256 AS "startSecretSha256",
      EXISTS (SELECT 1 FROM agent_secrets WHERE client_id = clients.id) AS "mustSign"
    FROM clients WHERE id = ${clientId}::uuid FOR NO KEY UPDATE OF clients`;
  if (client === undefined) throw new Error('there is no such client any more');
  return client;
}
