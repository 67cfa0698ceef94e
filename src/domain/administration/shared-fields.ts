import {
  addressList,
  choice,
  hostAddress,
  inColumn,
  integer,
  multicastAddress,
  multicastPort,
  netmask,
  reference,
  server,
} from './field-rules.ts';
import type { FieldTable } from './field-rules.ts';

/** The network settings of a center or a room; unset ones of a room are its center's. */
export const NETWORK_FIELDS: FieldTable = {
  routerIp: hostAddress(),
  netmask: netmask(),
  network: {
    fields: {
      dns: addressList(4),
      ntp: server(),
      proxy: server(),
      multicast: {
        fields: {
          address: inColumn('multicastIp', multicastAddress()),
          port: inColumn('multicastPort', multicastPort()),
          mode: inColumn('multicastMode', choice()),
          // More than a switch of a classroom can forward to all.
          speedMbps: inColumn('multicastSpeedMbps', integer(1, 1000)),
        },
      },
      p2p: {
        fields: {
          mode: inColumn('p2pMode', choice()),
          seedSeconds: inColumn('p2pSeedSeconds', integer(0, 86_400)),
        },
      },
    },
  },
};

/** What machines boot, where nothing nearer to them says otherwise. */
export const BOOT_FIELDS: FieldTable = {
  ogLiveId: reference('OgLive'),
  menuId: reference('Menu'),
  pxeTemplateId: reference('PxeTemplate'),
};
