import { describe, expect, it } from 'vitest';
import {
  ANNOUNCED_PERCENT,
  POWER_ACTIONS,
  isPower,
  judgePowerAnswer,
  judgeStart,
} from '#domain/operations/power-actions.ts';
import type { PowerAction, PowerJob } from '#domain/operations/power-actions.ts';

const announced: PowerJob = {
  jobId: 'Apagar-1',
  progress: ANNOUNCED_PERCENT,
  isGoneForLong: true,
  sentMs: 70_000,
};
const accepted: PowerJob = { ...announced, progress: 0 };

const SUCCEEDED = { fact: 'finished', succeeded: true };
const LOST = { fact: 'lost' };

describe('a machine that starts', () => {
  type Started = Parameters<typeof judgeStart>[2];
  type Wanted = Parameters<typeof judgeStart>[3];
  const OTHERWISE = { fact: 'finished', succeeded: false, code: 'STARTED_OTHERWISE' };
  const cases: [action: PowerAction, job: PowerJob, started: Started, wanted: Wanted, expected: object][] = [
    ['POWER_ON', accepted, 'OGLIVE', null, SUCCEEDED],
    ['POWER_ON', { ...accepted, sentMs: 1000 }, 'WINDOWS', null, SUCCEEDED],
    ['REBOOT', announced, 'OGLIVE', null, SUCCEEDED],
    ['REBOOT', accepted, 'LINUX', null, SUCCEEDED],
    ['START_SESSION', announced, 'LINUX', 'LINUX', SUCCEEDED],
    ['START_SESSION', announced, 'LINUX', null, SUCCEEDED],
    ['START_SESSION', announced, null, 'LINUX', SUCCEEDED],
    ['START_SESSION', announced, 'WINDOWS', 'LINUX', OTHERWISE],
    ['START_SESSION', announced, 'OGLIVE', null, OTHERWISE],
    ['POWER_OFF', announced, 'OGLIVE', null, SUCCEEDED],
    ['POWER_OFF', accepted, 'OGLIVE', null, { fact: 'lost', reason: 'AGENT_RESTARTED' }],
  ];

  it.each(cases)('tells of %s, %j, with %s where %s was wanted', (action, job, started, wanted, expected) => {
    expect(judgeStart(action, job, started, wanted)).toMatchObject(expected);
  });
});

describe('a start that an agent repeats', () => {
  it.each(['POWER_OFF', 'REBOOT', 'START_SESSION'] as const)(
    'before %s was announced is the one before the order',
    (action) => {
      expect(judgeStart(action, { ...accepted, sentMs: 5000 }, 'OGLIVE', null)).toBeNull();
    },
  );
});

describe('an agent that is asked', () => {
  const THERE = { outcome: 'jobs', jobIds: [] } as const;
  const GONE = { outcome: 'unreachable', refused: true, message: 'refused' } as const;
  const SILENT = { outcome: 'unreachable', refused: false, message: 'no answer' } as const;
  const MUTE = { outcome: 'unsupported' } as const;

  it('and is gone after it said that it would switch off, is off', () => {
    expect(judgePowerAnswer('POWER_OFF', announced, GONE, null)).toMatchObject(SUCCEEDED);
  });

  it('and is gone for a moment, or takes the call and says nothing, may be on', () => {
    expect(judgePowerAnswer('POWER_OFF', { ...announced, isGoneForLong: false }, GONE, null)).toBeNull();
    expect(judgePowerAnswer('POWER_OFF', announced, SILENT, null)).toBeNull();
    expect(judgePowerAnswer('POWER_OFF', announced, SILENT, 'SILENCE')).toMatchObject(LOST);
  });

  it('and is gone without a word may only be out of reach', () => {
    expect(judgePowerAnswer('POWER_OFF', accepted, GONE, null)).toBeNull();
    expect(judgePowerAnswer('POWER_OFF', accepted, GONE, 'SILENCE')).toMatchObject(LOST);
  });

  it('and still answers when it should be off has not acted', () => {
    for (const answer of [THERE, MUTE]) {
      expect(judgePowerAnswer('POWER_OFF', announced, answer, null)).toBeNull();
      expect(judgePowerAnswer('POWER_OFF', announced, answer, 'SILENCE')).toMatchObject({
        fact: 'finished',
        succeeded: false,
        code: 'AGENT_DID_NOT_ACT',
      });
    }
  });

  it('is on, by whatever it answers', () => {
    for (const answer of [THERE, MUTE]) {
      expect(judgePowerAnswer('POWER_ON', accepted, answer, null)).toMatchObject(SUCCEEDED);
    }
    for (const answer of [GONE, SILENT]) {
      expect(judgePowerAnswer('POWER_ON', accepted, answer, null)).toBeNull();
      expect(judgePowerAnswer('POWER_ON', accepted, answer, 'SILENCE')).toMatchObject(LOST);
    }
  });

  it.each(['REBOOT', 'START_SESSION'] as const)('never proves by its answer that %s happened', (action) => {
    for (const answer of [THERE, GONE, MUTE]) {
      expect(judgePowerAnswer(action, announced, answer, null)).toBeNull();
      expect(judgePowerAnswer(action, announced, answer, 'SILENCE')).toMatchObject({ ...LOST, reason: 'AGENT_SILENT' });
    }
  });
});

describe('an action', () => {
  it('is one of power or is not', () => {
    expect(POWER_ACTIONS.every((action) => isPower(action))).toBe(true);
    expect(isPower('DEPLOY_IMAGE')).toBe(false);
  });
});
