import type { Principal } from '#domain/access/principal.ts';
import { NotFoundError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';

export type ForgetAgentCertificate = (clientId: string, principal: Principal) => Promise<void>;

/**
 * Lets a client's agent be trusted anew at the next contact, after it was reinstalled and shows another certificate. Safe to repeat.
 *
 * @throws {NotFoundError} when there is no such client.
 */
export function createForgetAgentCertificate({ db, log }: { db: Storage; log: Logger }): ForgetAgentCertificate {
  return async (clientId, principal) => {
    const { count } = await db.client.updateMany({
      where: { id: clientId },
      data: { agentCertificateSha256: null, installedCertificateSha256: null },
    });
    if (count === 0) throw new NotFoundError(['input', 'clientId'], 'Client');
    log.warn(
      { clientId, by: principal.name },
      'an agent’s certificate was forgotten: the next one it shows will be trusted',
    );
  };
}
