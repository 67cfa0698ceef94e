// Switching machines on: the packet goes out, and the machine itself shows whether it worked.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSendMagicPacket } from '#agent/send-magic-packet.ts';
import { PowerOnDocument, RunScriptDocument } from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';

describe('the packet', () => {
  it('is six bytes of FF and the MAC sixteen times', async () => {
    const listener = createSocket('udp4');
    listener.bind(0, '127.0.0.1');
    await once(listener, 'listening');
    try {
      const heard = once(listener, 'message') as Promise<[Buffer]>;
      const { port } = listener.address();
      await createSendMagicPacket({ port })({ mac: '08:00:27:0B:88:BE', broadcastIp: '127.0.0.1' });
      const [packet] = await heard;
      expect(packet.toString('hex')).toBe(`${'ff'.repeat(6)}${'0800270b88be'.repeat(16)}`);
    } finally {
      listener.close();
    }
  });

  it('that cannot be sent says so', async () => {
    await expect(createSendMagicPacket()({ mac: '08:00:27:0B:88:BE', broadcastIp: '300.1.1.1' })).rejects.toThrow(
      '300.1.1.1',
    );
  });
});

describe('machines that are to be switched on by this server', () => {
  let classroom: Classroom;
  const packets: { mac: string; broadcastIp: string }[] = [];
  beforeAll(async () => {
    classroom = await startClassroom(3, {
      boot: false,
      reconcileEveryMs: 150,
      reconcileTimes: { askPowerAfterMs: 100, forgottenAfterMs: 200 },
      config: { wakeSender: 'SERVER' },
      sendMagicPacket: async (machine) => {
        packets.push(machine);
        if (machine.mac.endsWith(':04')) throw new Error('no route');
        const agent = classroom.agents.find(({ mac }) => mac.toUpperCase() === machine.mac);
        await agent?.wake();
      },
    });
  });
  afterAll(() => classroom.server.stop());

  const powerOn = async (input: object = {}) =>
    (
      await classroom.server.request(PowerOnDocument, {
        input: { target: { clientIds: [...classroom.clientIds] }, ...input } as never,
      })
    ).powerOn;

  it('are on when they say so; what could not be sent is told at once', async () => {
    const { clientIds, server } = classroom;
    const accepted = await powerOn();
    if (accepted.__typename !== 'PowerOnPayload') throw new Error(JSON.stringify(accepted));
    // What waits behind it goes when the machine is there: switched on in the evening, and imaged at once.
    const { runScript } = await server.request(RunScriptDocument, {
      input: { script: 'echo hola', target: { clientIds: [clientIds[0] ?? ''] }, whenBusy: 'QUEUE' } as never,
    });
    const end = await classroom.until(accepted.operation.id, 'the machines to be on', isOver);
    expect(countsOf(end)).toEqual({ SUCCEEDED: 2, FAILED: 1 });
    expect(end.traces.nodes.map(({ error }) => error?.code ?? null)).toEqual([null, null, 'PACKET_NOT_SENT']);
    expect(end.traces.nodes[2]?.client.status).toBe('UNKNOWN');
    expect(packets.map(({ broadcastIp }) => broadcastIp)).toEqual(['10.3.255.255', '10.3.255.255', '10.3.255.255']);
    if (runScript.__typename === 'RunScriptPayload') {
      await classroom.until(runScript.operation.id, 'the script to end', isOver);
    }
  });

  it('are blocked where they are on, or nobody knows their network', async () => {
    const db = classroom.server.app.database.prisma;
    expect(await powerOn()).toMatchObject({
      code: 'OPERATION_REFUSED',
      clients: [{ reasons: [{ code: 'CLIENT_IS_ON' }] }, { reasons: [{ code: 'CLIENT_IS_ON' }] }],
    });
    await db.room.update({ where: { id: classroom.roomRow }, data: { netmask: null } });
    expect(await powerOn({ target: { clientIds: [classroom.clientIds[2]] } })).toMatchObject({
      clients: [{ reasons: [{ code: 'NO_BROADCAST_ADDRESS' }] }],
    });
  });
});
