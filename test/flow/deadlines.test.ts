import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '#config.ts';
import type { Deadlines } from '#domain/tracing/job-deadlines.ts';
import type { Behaviour } from '#simulator/behaviour.ts';
import { CancelTraceDocument, ClientByMacDocument, TraceByIdDocument } from '#test/operations.generated.ts';
import { deadlinesWith } from '#test/support/deadlines-with.ts';
import { deployOne, readTrace, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const IP = '192.168.2.3';
const MAC = '08:00:27:0b:88:be';
const STATUS = 'clients/status/webhook';

let server: TestServer;
afterEach(() => server.stop());

/** A job of pc1 on a server with these deadlines, as soon as its order is answered, or is not. */
async function begin(
  changes: Partial<Deadlines>,
  behaviour: Partial<Behaviour>,
  config: Partial<Config> = {},
): Promise<string> {
  server = await startTestServer({
    config: { agentJobDeadlines: deadlinesWith(changes), ...config },
    reconcileEveryMs: 50,
    reconcileTimes: { forgottenAfterMs: 60_000, askAfterMs: 200 },
  });
  server.room.agent(IP).behave({ durationMs: 100, ...behaviour });
  return deployOne(server, { waitForAgentsMs: 5000 });
}

const asked = () => server.room.agent(IP).received.filter(({ path }) => path.endsWith('/status')).length;

async function messageIn(language: string, id: string): Promise<string> {
  const { trace } = await server.request(TraceByIdDocument, { id }, { 'accept-language': language });
  return trace?.error?.message ?? '';
}

describe('a job whose agent says, whenever it is asked, that it is at it', () => {
  it('outlives every silence, and is given up when its time is over in all; a late report settles it once', async () => {
    const id = await begin({ FIRST_REPORT: 600, SILENCE: 600, TOTAL: 3000 }, { fault: 'stall', stallAtPercent: 33 });
    const running = await untilStatus(server, id, 'RUNNING');
    expect(running.deadlineAt).not.toBeNull();
    const { sentAt } = await server.app.database.prisma.trace.findFirstOrThrow();
    const trace = await untilStatus(server, id, 'LOST', 'SUCCEEDED', 'FAILED');

    expect(trace).toMatchObject({ status: 'LOST', progress: 33, deadlineAt: null });
    expect(trace.error).toMatchObject({ code: 'DEADLINE_PASSED', deadline: 'TOTAL' });
    expect(asked()).toBeGreaterThan(2);
    // It was heard of to the end, and not given up before its time.
    const sent = sentAt?.getTime() ?? Number.NaN;
    expect(Date.parse(trace.finishedAt ?? '') - sent).toBeGreaterThanOrEqual(3000);
    expect(Date.parse(trace.lastHeardAt ?? '') - sent).toBeGreaterThan(1000);
    expect(trace.operation).toMatchObject({ status: 'FAILED' });
    expect(await messageIn('en', id)).toBe(
      'The job did not end in time: how it ends is not known. It took longer than it may in all.',
    );
    expect(await messageIn('es', id)).toMatch(/no ha terminado dentro de plazo.*tiempo total permitido\.$/);

    const report = (body: object) => server.report(STATUS, { job_id: trace.jobId, ...body });
    expect(await report({ res: 1 })).toMatchObject({ body: { outcome: 'applied' } });
    expect(await report({ res: 2, der: '5-too late' })).toMatchObject({ body: { outcome: 'late' } });
    const resolved = await readTrace(server, id);
    expect(resolved).toMatchObject({ status: 'SUCCEEDED', progress: 100, error: null, deadlineAt: null });
    expect(resolved.operation).toMatchObject({ status: 'SUCCEEDED', progress: 100 });
    const kinds = resolved.events.nodes.map(({ kind }) => kind);
    expect(kinds.slice(-3)).toEqual(['LOST', 'RESOLVED', 'LATE_REPORT']);
    const { clientByMac } = await server.request(ClientByMacDocument, { mac: MAC });
    expect(clientByMac?.partitions.find(({ number }) => number === 2)).toMatchObject({
      image: { name: 'image-test' },
      imageRevision: 1,
    });
  });

  it('and that was to be stopped, is given up when it should long have stopped', async () => {
    const id = await begin({ CANCEL: 1500 }, { fault: 'stall', stallAtPercent: 33, killDelayMs: 60_000 });
    await untilStatus(server, id, 'RUNNING');
    await server.request(CancelTraceDocument, { input: { traceId: id } });
    const trace = await untilStatus(server, id, 'LOST', 'CANCELLED', 'SUCCEEDED');
    expect(trace).toMatchObject({ status: 'LOST', error: { code: 'DEADLINE_PASSED', deadline: 'CANCEL' } });
    expect(trace.events.nodes.map(({ kind }) => kind)).toContain('CANCELLING');
  });
});

describe('a job of whose agent nothing is heard', () => {
  const SOON = 1200;
  const SILENT = { code: 'AGENT_SILENT' };

  it('not even an answer to the order', async () => {
    const mute = { fault: 'never-answer', durationMs: 60_000, progressSteps: 1, listJobs: false } as const;
    const id = await begin({ ANSWER: 2500 }, mute, { agentAnswerTimeoutMs: 700 });
    const trace = await untilStatus(server, id, 'LOST');
    expect(trace.error).toMatchObject({ ...SILENT, deadline: 'ANSWER' });
    expect(trace.lastHeardAt).toBeNull();
  });

  it('after it took the order', async () => {
    const id = await begin({ FIRST_REPORT: SOON }, { fault: 'silent', durationMs: 60_000, listJobs: false });
    const trace = await untilStatus(server, id, 'LOST');
    expect(trace.error).toMatchObject({ ...SILENT, deadline: 'FIRST_REPORT' });
    expect(asked()).toBeGreaterThan(0);
  });

  it('after it had reported', async () => {
    const id = await begin({ SILENCE: SOON }, { fault: 'stall', stallAtPercent: 33, listJobs: false });
    await waitFor('a report', async () => (await readTrace(server, id)).progress === 33);
    const trace = await untilStatus(server, id, 'LOST');
    expect(trace).toMatchObject({ progress: 33, error: { ...SILENT, deadline: 'SILENCE' } });
    expect(trace.lastHeardAt).not.toBeNull();
  });
});
