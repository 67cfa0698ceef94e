import type { DeployMethod } from '#domain/operations/deploy-method.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const DESCRIPTIONS: Record<DeployMethod, string> = {
  UNICAST: 'A copy for each client, through its CACHE.',
  UNICAST_DIRECT: 'A copy for each client, straight onto the partition.',
  UDPCAST: 'One multicast stream by UDPcast, through the CACHE.',
  UDPCAST_DIRECT: 'One multicast stream by UDPcast, straight onto the partition.',
  UFTP: 'One multicast stream by UFTP, through the CACHE.',
  UFTP_DIRECT: 'One multicast stream by UFTP, straight onto the partition.',
  P2P: 'From client to client by BitTorrent.',
};

export const DeployMethodEnum = builder.enumType('DeployMethod', {
  description: 'Método: how an image travels from its repository to the clients.',
  values: describeValues(DESCRIPTIONS),
});
