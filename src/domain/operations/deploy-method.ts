/** How an image travels from its repository to a partition. */
export const DEPLOY_METHODS = [
  'UNICAST',
  'UNICAST_DIRECT',
  'UDPCAST',
  'UDPCAST_DIRECT',
  'UFTP',
  'UFTP_DIRECT',
  'P2P',
] as const;

export type DeployMethod = (typeof DEPLOY_METHODS)[number];

/** What the repository sends to many clients at once. */
export type Stream = 'UDPCAST' | 'UFTP' | 'P2P';

/** The stream that a method needs from the repository; null where each client fetches by itself. */
export function streamOf(method: DeployMethod): Stream | null {
  switch (method) {
    case 'UNICAST':
    case 'UNICAST_DIRECT':
      return null;
    case 'UDPCAST':
    case 'UDPCAST_DIRECT':
      return 'UDPCAST';
    case 'UFTP':
    case 'UFTP_DIRECT':
      return 'UFTP';
    case 'P2P':
      return 'P2P';
  }
}

/** Whether the image goes straight onto the partition, and not through the CACHE. */
export function isDirect(method: DeployMethod): boolean {
  return method === 'UNICAST_DIRECT' || method === 'UDPCAST_DIRECT' || method === 'UFTP_DIRECT';
}
