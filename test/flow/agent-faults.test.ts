import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Behaviour } from '#simulator/behaviour.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { ClientByMacDocument } from '#test/operations.generated.ts';
import { deployOne, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const IP = '192.168.2.3';
const MAC = '08:00:27:0b:88:be';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    config: { agentAnswerTimeoutMs: 2000 },
    reconcileEveryMs: 50,
    reconcileTimes: { forgottenAfterMs: 150, askAfterMs: 200 },
  });
});
afterAll(() => server.stop());
// Each case starts with a machine that was switched on anew: whatever the last one left behind is closed by that.
beforeEach(async () => {
  const agent = server.room.agent(IP);
  agent.crash();
  agent.behave({ ...DEFAULT_BEHAVIOUR, durationMs: 60, progressSteps: 3 });
  await agent.bootOgLive();
});

function calls(): number {
  return server.room.agent(IP).received.filter(({ path }) => path.endsWith('/RestaurarImagen')).length;
}

async function readClient() {
  const { clientByMac } = await server.request(ClientByMacDocument, { mac: MAC });
  if (clientByMac === null) throw new Error('pc1 is gone');
  return clientByMac;
}

async function deployWith(behaviour: Partial<Behaviour>): Promise<string> {
  server.room.agent(IP).behave(behaviour);
  return deployOne(server, { waitForAgentsMs: 3000 });
}

describe('an agent that does not take the order', () => {
  it.each(['refuse', 'null-job', 'redirect'] as const)(
    '%s: the trace fails with AGENT_REFUSED, and the client is free',
    async (fault) => {
      const trace = await untilStatus(server, await deployWith({ fault }), 'FAILED');
      expect(trace.error?.code).toBe('AGENT_REFUSED');
      expect(trace.jobId).toBeNull();
      expect((await readClient()).status).toBe('OGLIVE');
    },
  );
});

describe('an engine that fails', () => {
  it('fails the trace with the engine’s own number, and leaves the partition as it was', async () => {
    const before = (await readClient()).partitions;
    const trace = await untilStatus(server, await deployWith({ fault: 'engine-error', engineCode: 30 }), 'FAILED');
    expect(trace.error).toMatchObject({ code: 'ENGINE_FAILED', engineCode: 30 });
    expect(trace.statusLabel).toBe('Finalizado con errores');
    const { partitions, status } = await readClient();
    expect(partitions).toEqual(before);
    expect(status).toBe('OGLIVE');
  });
});

describe('an agent that takes the order and does not say so', () => {
  it.each(['reset-before-answer', 'never-answer', 'half-json', 'null-body'] as const)(
    '%s: nothing is sent twice, and the job is recognised by its report',
    async (fault) => {
      const before = calls();
      const trace = await untilStatus(
        server,
        await deployWith({ fault, durationMs: 900 }),
        'SUCCEEDED',
        'LOST',
        'FAILED',
      );
      expect(trace.status).toBe('SUCCEEDED');
      expect(trace.jobId).toMatch(/^RestaurarImagen-[0-9a-f]{8}$/);
      expect(trace.events.nodes.map(({ kind }) => kind)).toContain('UNANSWERED');
      expect(calls()).toBe(before + 1);
    },
  );

  it('an answer of 64 MiB is cut off and counts as none', async () => {
    const trace = await untilStatus(
      server,
      await deployWith({ fault: 'huge-answer', durationMs: 900 }),
      'SUCCEEDED',
      'LOST',
      'FAILED',
    );
    expect(trace.status).toBe('SUCCEEDED');
    expect(trace.events.nodes.map(({ kind }) => kind)).toContain('UNANSWERED');
  });
});

describe('an agent that falls silent', () => {
  it('is asked, denies the job, and the trace is LOST: nobody knows how it ended', async () => {
    const before = (await readClient()).partitions;
    const trace = await untilStatus(server, await deployWith({ fault: 'silent' }), 'LOST', 'SUCCEEDED');
    expect(trace.status).toBe('LOST');
    expect(trace.error?.code).toBe('AGENT_FORGOT_JOB');
    expect((await readClient()).partitions).toEqual(before);
  });

  it('is believed while it names the job', async () => {
    const id = await deployWith({ fault: 'stall', stallAtPercent: 33, durationMs: 300 });
    await untilStatus(server, id, 'RUNNING');
    const asked = () => server.room.agent(IP).received.filter(({ path }) => path.endsWith('/status')).length;
    const before = asked();
    await expect.poll(asked, { timeout: 5000 }).toBeGreaterThan(before + 2);
    expect((await untilStatus(server, id, 'RUNNING')).progress).toBe(33);
  });

  it('is LOST when the machine restarts with the job in hand', async () => {
    const id = await deployWith({ fault: 'stall', stallAtPercent: 33, durationMs: 100 });
    await server.room.agent(IP).bootOgLive();
    const trace = await untilStatus(server, id, 'LOST');
    expect(trace.error?.code).toBe('AGENT_RESTARTED');
  });
});

describe('reports in any order', () => {
  it.each([
    ['three of each', { duplicateReports: 3 }],
    ['the result first', { reportOrder: 'reversed' }],
    ['progress again after the result', { reportOrder: 'late-progress' }],
    ['the result before the answer to our call', { finishBeforeAnswer: true }],
    ['the answer after everything else', { answerDelayMs: 500 }],
  ] as const)('%s: ends the same', async (_name, behaviour) => {
    const trace = await untilStatus(server, await deployWith(behaviour), 'SUCCEEDED', 'FAILED', 'LOST');
    await server.room.agent(IP).idle();
    expect(trace).toMatchObject({ status: 'SUCCEEDED', progress: 100, error: null });
    const kinds = trace.events.nodes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'FINISHED')).toHaveLength(1);
    const progress = trace.events.nodes.map((event) => event.progress ?? 0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect((await readClient()).partitions.find(({ number }) => number === 2)).toMatchObject({
      imageRevision: 1,
      image: { name: 'image-test' },
    });
  });
});
