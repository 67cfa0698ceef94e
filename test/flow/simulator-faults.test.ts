import { describe, expect, it } from 'vitest';
import { FAULTS } from '#simulator/behaviour.ts';
import type { Fault } from '#simulator/behaviour.ts';
import {
  IP,
  ORDER,
  RESTORE,
  WEBHOOK,
  call,
  isResult,
  restore,
  results,
  secondPartition,
  startRoom,
} from '#test/support/start-simulated-room.ts';

describe('a fault', () => {
  /** What the caller sees, and what is reported of the job; all progress is over when the result is there. */
  const expected: Record<Exclude<Fault, 'stall'>, { answer: RegExp; reports: unknown[] }> = {
    none: { answer: /^200 \{"job_id":"RestaurarImagen-[0-9a-f]{8}"\}$/, reports: [25, 50, 75, 100, 'res 1'] },
    refuse: { answer: /^500 \{"error":".+"\}$/, reports: [] },
    'null-job': { answer: /^200 \{"job_id":null,"message":".+"\}$/, reports: [] },
    'null-body': { answer: /^200 null$/, reports: [25, 50, 75, 100, 'res 1'] },
    'engine-error': { answer: /^200 .*RestaurarImagen/, reports: [25, 50, 'res 2'] },
    silent: { answer: /^200 .*RestaurarImagen/, reports: [] },
    'reset-before-answer': { answer: /ECONNRESET/, reports: [25, 50, 75, 100, 'res 1'] },
    'never-answer': { answer: /given up/, reports: [25, 50, 75, 100, 'res 1'] },
    redirect: { answer: /^307 $/, reports: [] },
    'half-json': { answer: /^200 \{"job_id":"RestaurarImagen-[0-9a-f]{4}$/, reports: [25, 50, 75, 100, 'res 1'] },
    'huge-answer': { answer: /^200 huge$/, reports: [25, 50, 75, 100, 'res 1'] },
    'does-not-act': { answer: /^200 .*RestaurarImagen/, reports: [25, 50, 75, 100, 'res 1'] },
    'does-not-return': { answer: /^200 .*RestaurarImagen/, reports: [25, 50, 75, 100, 'res 1'] },
    'hang-up': { answer: /closed/, reports: [] },
  };

  it.each(FAULTS.filter((fault) => fault !== 'stall'))(
    '%s does what it says to an order that restores',
    async (fault) => {
      const { room, pc1, standIn } = await startRoom({ fault });
      const patience = new AbortController();
      // Who waits for an answer that never comes is still waiting when the job has long been reported done.
      if (fault === 'never-answer') void standIn.until(isResult).then(() => patience.abort(new Error('given up')));
      const seen = await restore(room, IP, patience.signal).then(
        ({ status, text }) => `${status} ${text.length > 64 * 1024 * 1024 ? 'huge' : text}`,
        String,
      );
      expect(seen).toMatch(expected[fault].answer);
      await pc1.idle();
      expect(results(standIn.bodies(WEBHOOK))).toEqual(expected[fault].reports);
      expect(pc1.received).toHaveLength(1);
      expect(pc1.state).toBe('oglive');
    },
  );

  it('stall tells some progress, and then hangs until the PC is started again, without a word', async () => {
    const { room, pc1, standIn } = await startRoom({ fault: 'stall', stallAtPercent: 50 });
    await restore(room);
    await standIn.until(({ body }) => body['progress'] === 50);
    expect(pc1.state).toBe('busy');
    await pc1.restart();
    expect(pc1.state).toBe('oglive');
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([25, 50]);
    // Half an image is no system: the PC comes up in ogLive and tells of a partition nobody can read.
    expect(standIn.bodies('ogAdmClient/InclusionCliente')[1]?.['cfg']).toContain(';1:2:83:EMPTY::26214400:0;');
  });

  it('engine-error gives the engine’s words, and ruins the partition only where writing had begun', async () => {
    const { room, pc1, standIn } = await startRoom({ fault: 'engine-error', durationMs: 0 });
    await restore(room);
    await pc1.idle();
    expect(secondPartition(pc1)?.fileSystem).toBe('EXT4');
    pc1.behave({ engineCode: 5 });
    await restore(room);
    await pc1.idle();
    expect(secondPartition(pc1)?.fileSystem).toBe('EMPTY');
    pc1.behave({ fault: 'none' });
    await call(room, RESTORE, { ...ORDER, par: '3' });
    await pc1.idle();
    expect(standIn.heard.filter(isResult).map(({ body }) => body['der'])).toEqual([
      '030-La imagen es mayor que la partición',
      '005-Error al crear o restaurar la imagen',
      '003-Error en la partición de disco',
    ]);
  });
});

describe('reports', () => {
  it.each([
    ['in-order', [25, 50, 75, 100, 'res 1']],
    ['reversed', ['res 1', 100, 75, 50, 25]],
    ['late-progress', [25, 50, 75, 100, 'res 1', 25, 50, 75, 100]],
  ] as const)('come %s', async (reportOrder, order) => {
    const { room, pc1, standIn } = await startRoom({ reportOrder });
    await restore(room);
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual(order);
  });

  it('come as often as asked for', async () => {
    const { room, pc1, standIn } = await startRoom({ duplicateReports: 3, progressSteps: 1 });
    await restore(room);
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([100, 100, 100, 'res 1', 'res 1', 'res 1']);
  });

  it.each([
    ['before the answer is given, and answered', { finishBeforeAnswer: true }],
    ['while the answer is held back', { answerDelayMs: 150 }],
  ])('can all come %s', async (_name, behaviour) => {
    const { room, standIn, pc1 } = await startRoom(behaviour);
    const { text } = await restore(room);
    expect(standIn.heard.filter(isResult).map(({ body }) => body['job_id'])).toEqual([
      (JSON.parse(text) as { job_id: string }).job_id,
    ]);
    expect(pc1.sent.at(-1)).toMatchObject({ path: WEBHOOK, status: 200, answer: '{}' });
  });

  it('of two agents can name the same job', async () => {
    const { room, standIn } = await startRoom({ fixedJobHex: 'dfa42888', progressSteps: 0 });
    await room.agent('192.168.2.2').bootOgLive();
    await Promise.all([restore(room), restore(room, '192.168.2.2')]);
    await Promise.all([...room.agents.values()].map((agent) => agent.idle()));
    expect(
      standIn
        .bodies(WEBHOOK)
        .map(({ job_id: jobId, iph }) => `${String(iph)} ${String(jobId)}`)
        .toSorted(),
    ).toEqual(['192.168.2.2 RestaurarImagen-dfa42888', '192.168.2.3 RestaurarImagen-dfa42888']);
  });

  it('that the server does not take are counted, and not sent again', async () => {
    const { room, pc1, standIn } = await startRoom({}, ({ path, body }) =>
      path === WEBHOOK && body['progress'] !== 100 ? 503 : 200,
    );
    await restore(room);
    await pc1.idle();
    expect(pc1.lostReports).toBe(4);
    expect(standIn.bodies(WEBHOOK)).toHaveLength(5);
    room.setServerUrl('http://127.0.0.1:9/opengnsys/rest');
    await pc1.bootOgLive();
    expect(pc1.lostReports).toBe(6);
    expect(pc1.sent.at(-1)).toMatchObject({ status: null, answer: null });
  });

  it('on their way die with the PC, and are not counted as lost', async () => {
    const { room, pc1, standIn } = await startRoom({}, ({ path }) => (path === WEBHOOK ? new Promise(() => {}) : 200));
    await restore(room);
    await standIn.until(({ path }) => path === WEBHOOK);
    pc1.crash();
    await pc1.idle();
    expect({ state: pc1.state, lost: pc1.lostReports }).toEqual({ state: 'off', lost: 0 });
    await expect(pc1.login('alumno')).rejects.toThrow('runs no installed system');
  });
});
