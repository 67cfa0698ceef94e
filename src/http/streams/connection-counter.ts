import type { IncomingMessage } from 'node:http';

/** Counts what each address has open, so that one cannot take what is there for all. */
export interface ConnectionCounter {
  /** @returns by which the connection is given back, once; null where its address has as many as it may. */
  open(request: IncomingMessage): (() => void) | null;
}

export function createConnectionCounter(
  perAddress: number,
  senderOf: (request: IncomingMessage) => string,
): ConnectionCounter {
  const counts = new Map<string, number>();
  return {
    open(request) {
      const address = senderOf(request);
      const count = counts.get(address) ?? 0;
      if (count >= perAddress) return null;
      counts.set(address, count + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const left = (counts.get(address) ?? 1) - 1;
        if (left > 0) counts.set(address, left);
        else counts.delete(address);
      };
    },
  };
}
