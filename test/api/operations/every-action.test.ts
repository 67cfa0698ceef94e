// Every action of the menu on a room of thirty, five of which refuse, fail, say nothing, hang up, or never answer.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import type { Fault } from '#simulator/behaviour.ts';
import { ask } from '#test/support/ask.ts';
import { deadlinesWith } from '#test/support/deadlines-with.ts';
import { startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 40, progressSteps: 1, actDelayMs: 20 };
const FAULTS: readonly Fault[] = ['refuse', 'engine-error', 'silent', 'hang-up', 'never-answer'];
const COUNT = 30;

const place = 'disk: 1, partition: 2';
const image = `imageId: "${encodeGlobalID('Image', scenario.image.id)}"`;

/** What each mutation is given besides its target, and how the machines that go wrong end. */
const ACTIONS: Record<string, { input: string; ends: readonly string[] }> = {
  deployImage: {
    input: `${image}, ${place}, method: UNICAST`,
    ends: ['FAILED AGENT_REFUSED', 'FAILED ENGINE_FAILED', 'LOST AGENT_FORGOT_JOB', 'LOST AGENT_SILENT', 'SUCCEEDED'],
  },
  partitionAndFormat: {
    input: `disk: 1, partitionTable: MSDOS, confirmation: "BORRAR ${COUNT}", partitions: [{ number: 1, type: LINUX, fileSystem: "EXT4", format: true }]`,
    ends: ['FAILED AGENT_REFUSED', 'FAILED ENGINE_FAILED', 'LOST AGENT_FORGOT_JOB', 'LOST AGENT_SILENT', 'SUCCEEDED'],
  },
  runScript: {
    input: 'script: "echo hola"',
    ends: ['FAILED AGENT_REFUSED', 'FAILED ENGINE_FAILED', 'LOST AGENT_FORGOT_JOB', 'LOST AGENT_SILENT', 'SUCCEEDED'],
  },
  collectHardwareInventory: {
    input: '',
    ends: ['FAILED AGENT_REFUSED', 'FAILED ENGINE_FAILED', 'LOST AGENT_FORGOT_JOB', 'LOST AGENT_SILENT', 'SUCCEEDED'],
  },
  collectSoftwareInventory: {
    input: place,
    ends: ['FAILED AGENT_REFUSED', 'FAILED ENGINE_FAILED', 'LOST AGENT_FORGOT_JOB', 'LOST AGENT_SILENT', 'SUCCEEDED'],
  },
  deleteCachedImage: {
    input: image,
    ends: ['FAILED AGENT_REFUSED', 'FAILED ENGINE_FAILED', 'LOST AGENT_FORGOT_JOB', 'LOST AGENT_SILENT', 'SUCCEEDED'],
  },
};

let classroom: Classroom;
beforeEach(async () => {
  classroom = await startClassroom(COUNT, {
    system: 'Ubuntu 24.04 LTS',
    behaviour: QUICK,
    reconcileEveryMs: 200,
    reconcileTimes: { askAfterMs: 400, forgottenAfterMs: 400 },
    config: {
      agentConnectTimeoutMs: 3500,
      agentAnswerTimeoutMs: 4000,
      agentJobDeadlines: deadlinesWith({ ANSWER: 2500, FIRST_REPORT: 2500, SILENCE: 2500 }),
    },
  });
});
afterEach(() => classroom.server.stop());

describe.each(Object.entries(ACTIONS))('%s', (mutation, { input, ends }) => {
  it('is done by the twenty-five that can, and each of the others says what became of it', async () => {
    const { server, agents, roomId, roomRow } = classroom;
    for (const [index, fault] of FAULTS.entries()) agents[index]?.behave({ ...QUICK, fault });
    const typeName = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`;
    const { data, errors } = await ask(
      server.url,
      `mutation { ${mutation}(input: { target: { roomId: "${roomId}" }, waitForAgentsMs: 10000, ${input} }) {
        __typename ... on Error { code message path } ... on ${typeName}Payload { outcomes { trace { id } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ [mutation]: { __typename: `${typeName}Payload` } });
    const traces = await waitFor(
      'all to end',
      async () => {
        const all = await server.app.database.prisma.trace.findMany({
          where: { client: { roomId: roomRow } },
          orderBy: { client: { name: 'asc' } },
        });
        return all.length === COUNT && all.every(({ finishedAt }) => finishedAt !== null) ? all : null;
      },
      25_000,
    );
    const told = traces.map(({ status, errorCode }) => (errorCode === null ? status : `${status} ${errorCode}`));
    expect(told.slice(0, FAULTS.length)).toEqual(ends);
    expect(new Set(told.slice(FAULTS.length))).toEqual(new Set(['SUCCEEDED']));
    // Whatever went wrong, no agent was told twice.
    for (const agent of agents) {
      expect(classroom.callsTo(agent).filter((call) => call !== 'KillJob')).toHaveLength(1);
    }
  });
});
