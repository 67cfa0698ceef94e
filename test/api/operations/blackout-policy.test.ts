// A room that is not to be disturbed: refused, held until it is over, or overridden with a reason.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import {
  CollectHardwareInventoryDocument,
  PlanOperationDocument,
  RunScriptDocument,
} from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(2, {
    behaviour: { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 },
    reconcileEveryMs: 100,
  });
  await classroom.server.app.database.prisma.blackout.create({
    data: {
      roomId: classroom.roomRow,
      name: 'Examen',
      startsAt: new Date(Date.now() - 60_000),
      endsAt: new Date(Date.now() + 3_600_000),
    },
  });
});
afterAll(() => classroom.server.stop());

async function run(input: object) {
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo', target: { roomId: classroom.roomId }, waitForAgentsMs: 0, ...input } as never,
  });
  return runScript;
}

describe('while a class is held', () => {
  it('what would disturb it is refused, and the plan says so', async () => {
    expect(await run({})).toMatchObject({
      code: 'OPERATION_REFUSED',
      clients: [{ reasons: [{ code: 'IN_BLACKOUT' }] }, { reasons: [{ code: 'IN_BLACKOUT' }] }],
    });
    const { planOperation } = await classroom.server.request(PlanOperationDocument, {
      input: { runScript: { script: 'echo', target: { roomId: classroom.roomId }, onBlackout: 'HOLD' } } as never,
    });
    expect(planOperation.clients[0]).toMatchObject({
      status: 'WARNING',
      reasons: [{ code: 'HELD_BY_BLACKOUT', message: expect.stringContaining('Examen') }],
    });
  });

  it('what disturbs nobody goes on', async () => {
    const { collectHardwareInventory } = await classroom.server.request(CollectHardwareInventoryDocument, {
      input: { target: { roomId: classroom.roomId } } as never,
    });
    if (collectHardwareInventory.__typename !== 'CollectHardwareInventoryPayload') {
      throw new Error(JSON.stringify(collectHardwareInventory));
    }
    const ids = collectHardwareInventory.outcomes.map(({ trace }) => trace?.id);
    expect(ids.every((id) => typeof id === 'string')).toBe(true);
    await waitFor('the inventories to end', async () =>
      (await classroom.server.app.database.prisma.trace.count({ where: { status: 'SUCCEEDED' } })) === 2 ? true : null,
    );
  });

  it('goes nevertheless where somebody says why, which stays on record', async () => {
    expect(await run({ onBlackout: 'OVERRIDE' })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'overrideReason'],
    });
    const accepted = await run({ onBlackout: 'OVERRIDE', overrideReason: 'Virus en el aula' });
    if (accepted.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(accepted));
    const end = await classroom.until(accepted.operation.id, 'the scripts to end', isOver);
    expect(countsOf(end)).toEqual({ SUCCEEDED: 2 });
    expect(end.overrideReason).toBe('Virus en el aula');
  });

  it('waits, where it may, until the class is over', async () => {
    const accepted = await run({ onBlackout: 'HOLD' });
    if (accepted.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(accepted));
    const held = await classroom.read(accepted.operation.id);
    expect(held.traces.nodes.map(({ status, waitsFor }) => [status, waitsFor])).toEqual([
      ['PENDING', 'BLACKOUT'],
      ['PENDING', 'BLACKOUT'],
    ]);
    // The clients are spoken for: nothing else is ordered past what waits.
    expect(await run({ onBlackout: 'OVERRIDE', overrideReason: 'x' })).toMatchObject({ code: 'OPERATION_REFUSED' });
    await classroom.server.app.database.prisma.blackout.deleteMany({});
    expect(countsOf(await classroom.until(accepted.operation.id, 'the scripts to end', isOver))).toEqual({
      SUCCEEDED: 2,
    });
  });
});
