import type { RepositoryGateway } from '#domain/imaging/repository-gateway.ts';
import type { OrderOutcome } from './order-outcome.ts';
import type { TraceInputOf } from './trace-input.ts';

/** Sends the packet that switches a machine on, from a repository or from here. Harmless to repeat. Resolves, never rejects. */
export type Wake = (order: TraceInputOf<'POWER_ON'>) => Promise<OrderOutcome>;

/** Sends it from this server. Resolves once the system has taken the packet. */
export type SendMagicPacket = (machine: { mac: string; broadcastIp: string }) => Promise<void>;

export function createWake({
  repositories,
  sendMagicPacket,
}: {
  repositories: Pick<RepositoryGateway, 'wake'>;
  sendMagicPacket: SendMagicPacket;
}): Wake {
  const sent = { outcome: 'accepted', jobId: null, certificateSha256: null } as const;
  return async ({ mac, broadcastIp, repositoryId, repositoryIp }) => {
    if (repositoryId === null || repositoryIp === null) {
      return sendMagicPacket({ mac, broadcastIp }).then(
        () => sent,
        (error: unknown) => ({
          outcome: 'not-sent' as const,
          code: 'PACKET_NOT_SENT' as const,
          message: error instanceof Error ? error.message : String(error),
        }),
      );
    }
    const outcome = await repositories.wake({ repositoryId, ip: repositoryIp }, { mac, broadcastIp });
    switch (outcome.outcome) {
      case 'done':
        return sent;
      case 'refused':
        return { outcome: 'refused', code: 'REPOSITORY_REFUSED', message: outcome.message };
      case 'not-sent':
        return { outcome: 'not-sent', code: 'REPOSITORY_UNREACHABLE', message: outcome.message };
      case 'unknown':
        // Whether the packet left, the machine will show.
        return { outcome: 'unknown', message: outcome.message };
    }
  };
}
