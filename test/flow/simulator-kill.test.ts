import { describe, expect, it } from 'vitest';
import {
  IP,
  MAC,
  STATUS,
  WEBHOOK,
  call,
  isResult,
  order,
  restore,
  results,
  secondPartition,
  startRoom,
} from '#test/support/start-simulated-room.ts';

const KILL = '/CloningEngine/KillJob';
const LONG = { durationMs: 60_000, progressSteps: 600 };

describe('KillJob', () => {
  it('ends the job in hand, which says nothing more, and then says so', async () => {
    const { room, pc1, standIn } = await startRoom(LONG);
    const jobId = (JSON.parse((await restore(room)).text) as { job_id: string }).job_id;
    expect(await call(room, KILL, { job_id: jobId, nfn: 'KillJob', ids: '7' })).toMatchObject({
      status: 200,
      text: JSON.stringify({ job_id: jobId }),
    });
    await pc1.idle();
    expect(standIn.bodies(WEBHOOK).filter((body) => body['progress'] === undefined)).toEqual([
      { nfn: 'RESPUESTA_KillJob', job_id: jobId, ids: '7', iph: IP, mac: MAC, res: '1', der: '' },
    ]);
    expect(standIn.bodies(WEBHOOK).at(-1)?.['nfn']).toBe('RESPUESTA_KillJob');
    expect(pc1.state).toBe('oglive');
    expect(secondPartition(pc1)?.fileSystem).toBe('EMPTY');
    expect(JSON.parse((await call(room, STATUS, {})).text)).toMatchObject({ jobs: [] });
    await order(room, 'InventarioHardware');
  });

  it('ends a stalled job too, and one whose report is on its way', async () => {
    const { room, pc1, standIn } = await startRoom({ fault: 'stall', stallAtPercent: 50 }, ({ body }) =>
      body['progress'] === 50 ? new Promise(() => {}) : 200,
    );
    const jobId = await order(room, 'InventarioHardware');
    await standIn.until(({ body }) => body['progress'] === 50);
    await call(room, KILL, { job_id: jobId });
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([25, 50, 'res 1']);
    expect(pc1.lostReports).toBe(0);
  });

  it('of a job that is not in hand is an error', async () => {
    const { room, pc1 } = await startRoom(LONG);
    const job = { job_id: 'RestaurarImagen-00000000' };
    expect((await call(room, KILL, job)).text).toBe('{"error":"Unknown job: RestaurarImagen-00000000"}');
    await restore(room);
    expect((await call(room, KILL, job)).status).toBe(500);
    for (const body of [{}, { job_id: 7 }, '[]']) expect((await call(room, KILL, body)).status).toBe(500);
    expect(pc1.state).toBe('busy');
  });

  it('says that it came too late when the job ends first', async () => {
    const { room, pc1, standIn } = await startRoom({ killDelayMs: 300, durationMs: 150, progressSteps: 0 });
    const jobId = await order(room, 'InventarioHardware');
    await call(room, KILL, { job_id: jobId });
    await pc1.idle();
    expect(standIn.heard.filter(isResult).map(({ body }) => [body['nfn'], body['job_id'], body['res']])).toEqual([
      ['RESPUESTA_InventarioHardware', jobId, '1'],
      ['RESPUESTA_KillJob', jobId, '2'],
    ]);
  });

  it('lets the job go on until it is really killed', async () => {
    const { room, pc1, standIn } = await startRoom({ ...LONG, killDelayMs: 250 });
    const jobId = await order(room, 'InventarioHardware');
    await call(room, KILL, { job_id: jobId });
    expect(pc1.jobId).toBe(jobId);
    await pc1.idle();
    expect(standIn.bodies(WEBHOOK).length).toBeGreaterThan(1);
    expect(standIn.bodies(WEBHOOK).at(-1)).toMatchObject({ nfn: 'RESPUESTA_KillJob', res: '1' });
  });

  it('is an unknown action to agents that do not know it, and unreported by silent ones', async () => {
    const { room, pc1, standIn } = await startRoom({ ...LONG, progressSteps: 0, killJobs: false });
    const jobId = await order(room, 'InventarioHardware');
    expect((await call(room, KILL, { job_id: jobId })).text).toContain('Unknown action');
    expect(pc1.state).toBe('busy');
    pc1.behave({ killJobs: true, fault: 'silent' });
    await call(room, KILL, { job_id: jobId });
    await pc1.idle();
    expect(pc1.state).toBe('oglive');
    expect(standIn.bodies(WEBHOOK)).toEqual([]);
  });

  it('dies with the PC', async () => {
    const { room, pc1, standIn } = await startRoom({ ...LONG, killDelayMs: 60_000 });
    await call(room, KILL, { job_id: await order(room, 'InventarioHardware') });
    pc1.crash();
    await pc1.idle();
    expect(standIn.heard.filter(isResult)).toEqual([]);
  });
});
