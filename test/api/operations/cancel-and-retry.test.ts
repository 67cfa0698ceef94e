// Cancelling that does not lie, and trying again only what did not succeed.
import { decodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import {
  CancelOperationDocument,
  CancelTraceDocument,
  RetryOperationDocument,
  RunScriptDocument,
} from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 };
const ENDLESS = { ...DEFAULT_BEHAVIOUR, durationMs: 120_000, progressSteps: 1 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(4, {
    behaviour: QUICK,
    reconcileEveryMs: 150,
    reconcileTimes: { askAfterMs: 200, forgottenAfterMs: 200 },
  });
});
afterAll(() => classroom.server.stop());
afterEach(async () => {
  // Whatever a test left behind dies with the machines.
  for (const agent of classroom.agents) {
    agent.behave(QUICK);
    await agent.bootOgLive();
  }
});

async function run(input: object = {}) {
  const { server, clientIds } = classroom;
  const { runScript } = await server.request(RunScriptDocument, {
    input: { script: 'echo hola', target: { clientIds: [...clientIds] }, ...input } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  return { id: runScript.operation.id, traceId: runScript.outcomes[0]?.trace?.id ?? '' };
}

const one = () => ({ target: { clientIds: [classroom.clientIds[0]] } });

const cancelTrace = async (traceId: string, waitForAgentsMs = 3000) =>
  (await classroom.server.request(CancelTraceDocument, { input: { traceId, waitForAgentsMs } })).cancelTrace;

const cancelOperation = async (operationId: string, waitForAgentsMs = 3000) =>
  (await classroom.server.request(CancelOperationDocument, { input: { operationId, waitForAgentsMs } }))
    .cancelOperation;

describe('a job that somebody wants to end', () => {
  it('is CANCELLED once its agent says that it is dead', async () => {
    classroom.agents[0]?.behave(ENDLESS);
    const { id, traceId } = await run(one());
    expect(await cancelTrace(traceId)).toMatchObject({ trace: { status: 'CANCELLED' } });
    const operation = await classroom.read(id);
    expect(operation).toMatchObject({ status: 'CANCELLED', viewerCanCancel: false });
    expect(operation.traces.nodes[0]?.client.status).toBe('OGLIVE');
    expect(classroom.callsTo(classroom.agents[0] as never)).toContain('KillJob');
  });

  it('is CANCELLING while that is not known, and may end by itself all the same', async () => {
    classroom.agents[0]?.behave({ ...QUICK, durationMs: 500, killDelayMs: 5000 });
    const { id, traceId } = await run(one());
    expect(await cancelTrace(traceId, 0)).toMatchObject({ trace: { status: 'CANCELLING' } });
    // It was quicker than its killer: it has succeeded, and that is what is said.
    expect(countsOf(await classroom.until(id, 'the job to end', isOver))).toEqual({ SUCCEEDED: 1 });
  });

  it('is over already', async () => {
    const { id, traceId } = await run(one());
    await classroom.until(id, 'the job to end', isOver);
    expect(await cancelTrace(traceId)).toMatchObject({
      code: 'ALREADY_FINISHED',
      path: ['input', 'traceId'],
      trace: { status: 'SUCCEEDED' },
    });
  });

  it('goes on where its agent cannot be asked, or knows no such thing', async () => {
    classroom.agents[0]?.behave(ENDLESS);
    const { id, traceId } = await run(one());
    classroom.agents[0]?.behave({ ...ENDLESS, fault: 'hang-up' });
    expect(await cancelTrace(traceId, 0)).toMatchObject({ trace: { status: 'CANCELLING' } });
    classroom.agents[0]?.behave({ ...ENDLESS, killJobs: false });
    await classroom.until(id, 'the agent to refuse', ({ traces }) => traces.nodes[0]?.status === 'RUNNING');
    expect(await cancelTrace(traceId)).toMatchObject({ code: 'CANCEL_REFUSED', trace: { status: 'RUNNING' } });
    classroom.agents[0]?.behave(ENDLESS);
    expect(await cancelTrace(traceId)).toMatchObject({ trace: { status: 'CANCELLED' } });
  });

  it('is asked for again until it is known to be dead', async () => {
    // The agent kills it, and its word on that never comes: that the job is not there any more says the same.
    classroom.agents[0]?.behave(ENDLESS);
    const { id, traceId } = await run(one());
    classroom.agents[0]?.behave({ ...ENDLESS, fault: 'silent' });
    expect(await cancelTrace(traceId, 0)).toMatchObject({ trace: { status: 'CANCELLING' } });
    expect(countsOf(await classroom.until(id, 'the job to be known as dead', isOver))).toEqual({ CANCELLED: 1 });
  });

  it('stays so when somebody asks once more for what its agent has agreed to', async () => {
    // The agent has killed it and not said so yet: of what it does not have any more it says that it knows no such job.
    classroom.agents[0]?.behave(ENDLESS);
    const { id, traceId } = await run(one());
    classroom.agents[0]?.behave({ ...ENDLESS, fault: 'silent' });
    expect(await cancelTrace(traceId, 0)).toMatchObject({ trace: { status: 'CANCELLING' } });
    await waitFor('the agent to agree', async () =>
      classroom.server.app.database.prisma.trace.findFirst({
        where: { id: decodeGlobalID(traceId).id, killedAt: { not: null } },
      }),
    );
    expect(await cancelTrace(traceId)).toMatchObject({ trace: { status: 'CANCELLED' } });
    expect(countsOf(await classroom.until(id, 'the job to be known as dead', isOver))).toEqual({ CANCELLED: 1 });
  });

  it('whose order was never answered ends as soon as it has a name', async () => {
    classroom.agents[0]?.behave({ ...ENDLESS, fault: 'reset-before-answer', listJobs: true });
    const { id, traceId } = await run(one());
    expect(await cancelTrace(traceId, 0)).toMatchObject({ trace: { status: 'UNKNOWN' } });
    classroom.agents[0]?.behave(ENDLESS);
    expect(countsOf(await classroom.until(id, 'the job to be found and killed', isOver))).toEqual({ CANCELLED: 1 });
  });

  it('that there is not, is not found', async () => {
    expect(await cancelTrace('VHJhY2U6MQ')).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'traceId'] });
    expect(await cancelOperation('nothing')).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'operationId'] });
  });
});

describe('an operation that somebody wants to end', () => {
  it('sends nothing any more, and has killed what runs', async () => {
    for (const agent of classroom.agents) agent.behave(ENDLESS);
    classroom.agents[1]?.behave({ ...QUICK, durationMs: 0 });
    const before = classroom.agents.slice(2).map((agent) => classroom.callsTo(agent).length);
    const { id } = await run({ waves: { first: 2 } });
    await classroom.until(id, 'the second client to end', (operation) => countsOf(operation)['SUCCEEDED'] === 1);
    const cancelled = await cancelOperation(id);
    if (cancelled.__typename !== 'CancelOperationPayload') throw new Error(cancelled.message);
    expect(cancelled.results.map(({ outcome, trace }) => `${outcome} ${trace.status}`).toSorted()).toEqual([
      'CANCELLED CANCELLED',
      'CANCELLED CANCELLED',
      'CANCELLED CANCELLED',
    ]);
    const end = await classroom.until(id, 'all to end', isOver);
    expect(countsOf(end)).toEqual({ CANCELLED: 3, SUCCEEDED: 1 });
    expect(end).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', cancelledAt: expect.any(String) });
    expect(classroom.agents.slice(2).map((agent) => classroom.callsTo(agent).length)).toEqual(before);
    // Said again, there is nothing left to do.
    expect(await cancelOperation(id)).toMatchObject({ results: [] });
  });
});

describe('trying again', () => {
  const retry = async (input: object) =>
    (await classroom.server.request(RetryOperationDocument, { input: input as never })).retryOperation;

  it('is for those alone that did not succeed, and remembers what it tries again', async () => {
    classroom.agents[1]?.behave({ ...QUICK, fault: 'engine-error', engineCode: 40 });
    classroom.agents[2]?.behave({ ...QUICK, fault: 'refuse' });
    const { id } = await run();
    const end = await classroom.until(id, 'all to end', isOver);
    expect(countsOf(end)).toEqual({ SUCCEEDED: 2, FAILED: 2 });
    for (const agent of classroom.agents) agent.behave(QUICK);
    const again = await retry({ operationId: id, idempotencyKey: 'again' });
    if (again.__typename !== 'RetryOperationPayload') throw new Error(JSON.stringify(again));
    expect(again.operation.retryOf?.id).toBe(id);
    const second = await classroom.until(again.operation.id, 'all to end', isOver);
    expect(countsOf(second)).toEqual({ SUCCEEDED: 2 });
    const failed = end.traces.nodes.filter(({ status }) => status === 'FAILED').map((trace) => trace.id);
    expect(new Set(second.traces.nodes.map(({ retryOf }) => retryOf?.id))).toEqual(new Set(failed));
    expect(await retry({ operationId: id, idempotencyKey: 'again' })).toMatchObject({
      replayed: true,
      operation: { id: again.operation.id },
    });
    // Whoever says so again, with another key or none, does not have the disks of those written anew that have succeeded meanwhile.
    expect(await retry({ operationId: id })).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'only'] });
    expect(await retry({ operationId: again.operation.id })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'only'],
    });
    expect(await retry({ operationId: 'nothing' })).toMatchObject({
      code: 'NOT_FOUND',
      path: ['input', 'operationId'],
    });
  });

  it('is for those whose second try failed too, whichever of the two operations it is asked for', async () => {
    for (const agent of classroom.agents.slice(0, 2)) agent.behave({ ...QUICK, fault: 'refuse' });
    const { id } = await run();
    await classroom.until(id, 'all to end', isOver);
    classroom.agents[0]?.behave(QUICK);
    const second = await retry({ operationId: id });
    if (second.__typename !== 'RetryOperationPayload') throw new Error(JSON.stringify(second));
    expect(countsOf(await classroom.until(second.operation.id, 'all to end', isOver))).toEqual({
      SUCCEEDED: 1,
      FAILED: 1,
    });
    classroom.agents[1]?.behave(QUICK);
    const third = await retry({ operationId: id });
    if (third.__typename !== 'RetryOperationPayload') throw new Error(JSON.stringify(third));
    expect(third.outcomes).toHaveLength(1);
    expect(countsOf(await classroom.until(third.operation.id, 'all to end', isOver))).toEqual({ SUCCEEDED: 1 });
    // By way of the third, the second is done with as well.
    expect(await retry({ operationId: second.operation.id })).toMatchObject({ code: 'INVALID_INPUT' });
  });
});
