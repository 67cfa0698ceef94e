import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { SendMagicPacket } from '#domain/operations/wake.ts';

/** Where network cards have always been woken: the discard port. */
const WAKE_PORT = 9;

/** Cards miss packets while their link comes up; three cost nothing. */
const COPIES = 3;

/** Sends the packet that switches a machine on: six bytes of FF and its MAC sixteen times, as a broadcast into its network. */
export function createSendMagicPacket({ port = WAKE_PORT }: { port?: number } = {}): SendMagicPacket {
  return async ({ mac, broadcastIp }) => {
    const address = Buffer.from(mac.replaceAll(':', ''), 'hex');
    const packet = Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => address)]);
    const socket = createSocket('udp4');
    try {
      socket.bind(0);
      await once(socket, 'listening');
      socket.setBroadcast(true);
      for (let copy = 0; copy < COPIES; copy += 1) {
        await new Promise<void>((resolve, reject) => {
          socket.send(packet, port, broadcastIp, (error) => {
            if (error === null) resolve();
            else reject(error);
          });
        });
      }
    } finally {
      socket.close();
    }
  };
}
