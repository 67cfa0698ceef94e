import { randomBytes } from 'node:crypto';
import type { Principal } from '#domain/access/principal.ts';
import { isReferenceViolation } from '#domain/database-errors.ts';
import { AgentSecretsDisabledError, NotFoundError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { createSecretBox } from '#lib/secret-box.ts';

/** The prefix by which such secrets are known to libraries for signed webhooks. */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export interface AgentSecrets {
  /**
   * Gives a client a new secret; the one before is good for nothing from then on.
   *
   * @returns the secret, which cannot be read again.
   * @throws {AgentSecretsDisabledError | NotFoundError}
   */
  issue: (clientId: string, principal: Principal) => Promise<string>;
  /** Takes it away; safe to repeat. @throws {NotFoundError} */
  revoke: (clientId: string, principal: Principal) => Promise<void>;
  /** What a client signs with; null where it was issued none. @throws {Error} where it cannot be decrypted with the key in the settings. */
  read: (clientId: string) => Promise<Uint8Array | null>;
}

/** Keeps what clients sign with. Without a key none can be issued, and those issued before cannot be read. */
export function createAgentSecrets({
  db,
  key,
  clock,
  log,
}: {
  db: Storage;
  key: Uint8Array | null;
  clock: Clock;
  log: Logger;
}): AgentSecrets {
  const box = key === null ? null : createSecretBox(key);
  return {
    async issue(clientId, { name }) {
      if (box === null) throw new AgentSecretsDisabledError(['input']);
      const secret = randomBytes(SECRET_BYTES);
      const data = { sealed: box.seal(secret.toString('base64'), clientId), issuedBy: name, issuedAt: clock.now() };
      try {
        await db.agentSecret.upsert({
          where: { clientId },
          create: { clientId, ...data },
          // Whoever takes the new one may have another clock.
          update: { ...data, clockOffsetSeconds: null },
        });
      } catch (error) {
        if (isReferenceViolation(error)) throw new NotFoundError(['input', 'clientId'], 'Client');
        throw error;
      }
      log.warn({ clientId, by: name }, 'a client was issued a secret to sign its reports with');
      return `${PREFIX}${secret.toString('base64')}`;
    },
    async revoke(clientId, { name }) {
      const client = await db.client.findUnique({ where: { id: clientId }, select: { id: true } });
      if (client === null) throw new NotFoundError(['input', 'clientId'], 'Client');
      const { count } = await db.agentSecret.deleteMany({ where: { clientId } });
      if (count > 0) log.warn({ clientId, by: name }, 'a client’s secret was revoked');
    },
    async read(clientId) {
      const row = await db.agentSecret.findUnique({ where: { clientId }, select: { sealed: true } });
      if (row === null) return null;
      if (box === null) throw new Error('a client signs, and AGENT_SECRETS_KEY is not set');
      const secret = box.open(row.sealed, clientId);
      if (secret === null) throw new Error('a client’s secret was sealed with another AGENT_SECRETS_KEY');
      return Buffer.from(secret, 'base64');
    },
  };
}
