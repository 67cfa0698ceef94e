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
 * The client a report speaks of: by our id, else by MAC, else by the addresses it gives, else by the sender's address. One statement.
 *
 * @returns null when nothing fits, or when what fits are different clients: better unplaced than misplaced.
 */
export async function findReportingClient(tx: Transaction, hints: ClientHints): Promise<string | null> {
  const { clientId, macs } = hints;
  const ips = macs.length === 0 && hints.ips.length === 0 ? [hints.sender] : hints.ips;
  const found = await tx.client.findMany({
    where: {
      OR: [
        ...(clientId === null ? [] : [{ id: clientId }]),
        ...(macs.length === 0 ? [] : [{ mac: { in: [...macs] } }]),
        ...(ips.length === 0 ? [] : [{ ip: { in: [...ips] } }]),
      ],
    },
    select: { id: true, mac: true, ip: true },
  });
  if (clientId !== null && found.some(({ id }) => id === clientId)) return clientId;
  const byMac = found.filter(({ mac }) => macs.includes(mac));
  const fitting = byMac.length > 0 ? byMac : found.filter(({ ip }) => ips.includes(ip));
  return fitting.length === 1 ? (fitting[0]?.id ?? null) : null;
}
