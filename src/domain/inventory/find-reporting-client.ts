import type { Transaction } from '#domain/storage.ts';

/** What a report says of the machine it comes from. Nothing here is proof; it is how agents name themselves. */
export interface ClientHints {
  /** Our own id, where the agent was told it when it started. */
  clientId: string | null;
  /** Canonical: upper case, colons. */
  macs: readonly string[];
  /** Canonical dotted decimal. */
  ips: readonly string[];
  /** Address the report came from; behind a gateway it is nobody's. */
  sender: string;
}

/**
 * The client a report speaks of: by our id, else by MAC, else by the addresses it gives, else by the sender's address.
 *
 * @returns null when nothing fits, or when what fits are different clients: better unplaced than misplaced.
 */
export async function findReportingClient(tx: Transaction, hints: ClientHints): Promise<string | null> {
  if (hints.clientId !== null) {
    const named = await tx.client.findUnique({ where: { id: hints.clientId }, select: { id: true } });
    if (named !== null) return named.id;
  }
  const attempts = [
    { mac: { in: [...hints.macs] } },
    { ip: { in: [...hints.ips] } },
    ...(hints.macs.length === 0 && hints.ips.length === 0 ? [{ ip: hints.sender }] : []),
  ];
  for (const where of attempts) {
    const found = await tx.client.findMany({ where, select: { id: true }, take: 2 });
    if (found.length === 1) return found[0]?.id ?? null;
    if (found.length > 1) return null;
  }
  return null;
}
