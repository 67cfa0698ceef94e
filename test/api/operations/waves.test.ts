// oxlint-disable unicorn/no-thenable -- the word is the contract's
// An operation that reaches its clients by and by.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { ApproveWaveDocument, RunScriptDocument } from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom, wave } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(6, { behaviour: QUICK, reconcileEveryMs: 200 });
});
afterAll(() => classroom.server.stop());
afterEach(() => {
  for (const agent of classroom.agents) agent.behave(QUICK);
});

async function run(waves: object): Promise<string> {
  const { server, clientIds } = classroom;
  const { runScript } = await server.request(RunScriptDocument, {
    input: { script: 'echo hola', target: { clientIds: [...clientIds] }, waves } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  return runScript.operation.id;
}

const approve = async (operationId: string, number: number) =>
  (await classroom.server.request(ApproveWaveDocument, { input: { operationId, wave: number } })).approveWave;

describe('waves', () => {
  it('go one after the other, each when the one before has ended', async () => {
    const id = await run({ first: 1, then: 2, rest: true });
    const end = await classroom.until(id, 'all waves to end', (operation) => {
      const ended = (number: number) => wave(operation, number).every((status) => status === 'SUCCEEDED');
      const begun = (number: number) => wave(operation, number).some((status) => status !== 'PENDING');
      // Never a later one before an earlier one.
      expect(begun(1) && !ended(0)).toBe(false);
      expect(begun(2) && !ended(1)).toBe(false);
      return isOver(operation);
    });
    expect(countsOf(end)).toEqual({ SUCCEEDED: 6 });
    expect([0, 1, 2].map((number) => wave(end, number).length)).toEqual([1, 2, 3]);
    expect(end.waves).toEqual({ current: 2, count: 3, awaitsApproval: false, stopAfterFailures: null });
  });

  it('wait until somebody says that they may go on', async () => {
    const id = await run({ first: 2, then: 3, approve: 'BETWEEN_WAVES' });
    await classroom.until(id, 'the first wave to end', ({ waves }) => waves?.awaitsApproval === true);
    expect(await approve(id, 2)).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'wave'] });
    expect(await approve(id, 1)).toMatchObject({ __typename: 'ApproveWavePayload' });
    // Said twice, it does not let the wave after it go too.
    expect(await approve(id, 1)).toMatchObject({ __typename: 'ApproveWavePayload' });
    const second = await classroom.until(
      id,
      'the second wave to end',
      ({ waves }) => waves?.current === 1 && waves.awaitsApproval,
    );
    expect(wave(second, 2)).toEqual(['PENDING']);
    expect(second.traces.nodes.find((trace) => trace.wave === 2)?.waitsFor).toBe('WAVE');
    await approve(id, 2);
    expect(countsOf(await classroom.until(id, 'all to end', isOver))).toEqual({ SUCCEEDED: 6 });
  });

  it('stop when too many have failed, and the rest is cancelled with the reason', async () => {
    for (const agent of classroom.agents) agent.behave({ ...QUICK, fault: 'engine-error', engineCode: 40 });
    const id = await run({ first: 2, then: 2, stopAfterFailures: 2 });
    const end = await classroom.until(id, 'the rest to be cancelled', isOver);
    expect(countsOf(end)).toEqual({ FAILED: 2, CANCELLED: 4 });
    const cancelled = end.traces.nodes.filter(({ status }) => status === 'CANCELLED');
    expect(cancelled.every(({ error }) => error?.code === 'WAVES_STOPPED')).toBe(true);
    // What is over waits for nothing.
    expect(cancelled.every(({ waitsFor }) => waitsFor === null)).toBe(true);
    expect(end.status).toBe('FAILED');
    const calls = classroom.agents.slice(2).flatMap((agent) => classroom.callsTo(agent));
    expect(calls.filter((call) => call === 'EjecutarScript')).toHaveLength(8);
  });

  it('of an operation without any, and of one that there is not, cannot be approved of', async () => {
    const { server, clientIds } = classroom;
    const { runScript } = await server.request(RunScriptDocument, {
      input: { script: 'echo', target: { clientIds: [...clientIds] } } as never,
    });
    const id = runScript.__typename === 'RunScriptPayload' ? runScript.operation.id : '';
    expect(await approve(id, 1)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await approve('nothing', 1)).toMatchObject({ code: 'NOT_FOUND' });
    await classroom.until(id, 'all to end', isOver);
  });
});
