/** How an image travels from its repository to a partition. Only UNICAST can be sent to agents so far. */
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
