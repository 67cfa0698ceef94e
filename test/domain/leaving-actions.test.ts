import { describe, expect, it } from 'vitest';
import {
  ANNOUNCED_PERCENT,
  LEAVING_ACTIONS,
  LEAVING_LIMIT_MS,
  isLeaving,
  judgeLeavingAnswer,
  judgeStart,
} from '#domain/operations/leaving-actions.ts';
import type { LeavingAction, LeavingJob } from '#domain/operations/leaving-actions.ts';

const announced: LeavingJob = {
  jobId: 'Apagar-1',
  progress: ANNOUNCED_PERCENT,
  silentMs: 10_000,
  isGoneForLong: true,
  sentMs: 70_000,
};
const accepted: LeavingJob = { ...announced, progress: 0 };
const overdue = (job: LeavingJob): LeavingJob => ({ ...job, silentMs: LEAVING_LIMIT_MS });

const SUCCEEDED = { fact: 'finished', succeeded: true };
const LOST = { fact: 'lost' };

describe('a machine that starts', () => {
  const cases: [action: LeavingAction, job: LeavingJob, started: 'oglive' | 'system', expected: object][] = [
    ['REBOOT', announced, 'oglive', SUCCEEDED],
    ['REBOOT', accepted, 'system', SUCCEEDED],
    ['START_SESSION', announced, 'system', SUCCEEDED],
    ['START_SESSION', announced, 'oglive', { fact: 'finished', succeeded: false, code: 'STARTED_OTHERWISE' }],
    ['POWER_OFF', announced, 'oglive', SUCCEEDED],
    ['POWER_OFF', accepted, 'oglive', { fact: 'lost', reason: 'AGENT_RESTARTED' }],
  ];

  it.each(cases)('tells of %s, %j, with %s', (action, job, started, expected) => {
    expect(judgeStart(action, job, started)).toMatchObject(expected);
  });
});

describe('a start that an agent repeats', () => {
  it.each(LEAVING_ACTIONS)('before %s was announced is the one before the order', (action) => {
    expect(judgeStart(action, { ...accepted, sentMs: 5000 }, 'oglive')).toBeNull();
  });
});

describe('an agent that is asked', () => {
  const THERE = { outcome: 'jobs', jobIds: [] } as const;
  const GONE = { outcome: 'unreachable', refused: true, message: 'refused' } as const;
  const SILENT = { outcome: 'unreachable', refused: false, message: 'no answer' } as const;
  const MUTE = { outcome: 'unsupported' } as const;

  it('and is gone after it said that it would switch off, is off', () => {
    expect(judgeLeavingAnswer('POWER_OFF', announced, GONE)).toMatchObject(SUCCEEDED);
  });

  it('and is gone for a moment, or takes the call and says nothing, may be on', () => {
    expect(judgeLeavingAnswer('POWER_OFF', { ...announced, isGoneForLong: false }, GONE)).toBeNull();
    expect(judgeLeavingAnswer('POWER_OFF', announced, SILENT)).toBeNull();
    expect(judgeLeavingAnswer('POWER_OFF', overdue(announced), SILENT)).toMatchObject(LOST);
  });

  it('and is gone without a word may only be out of reach', () => {
    expect(judgeLeavingAnswer('POWER_OFF', accepted, GONE)).toBeNull();
    expect(judgeLeavingAnswer('POWER_OFF', overdue(accepted), GONE)).toMatchObject(LOST);
  });

  it('and still answers when it should be off has not acted', () => {
    for (const answer of [THERE, MUTE]) {
      expect(judgeLeavingAnswer('POWER_OFF', announced, answer)).toBeNull();
      expect(judgeLeavingAnswer('POWER_OFF', overdue(announced), answer)).toMatchObject({
        fact: 'finished',
        succeeded: false,
        code: 'AGENT_DID_NOT_ACT',
      });
    }
  });

  it.each(['REBOOT', 'START_SESSION'] as const)('never proves by its answer that %s happened', (action) => {
    for (const answer of [THERE, GONE, MUTE]) {
      expect(judgeLeavingAnswer(action, announced, answer)).toBeNull();
      expect(judgeLeavingAnswer(action, overdue(announced), answer)).toMatchObject({ ...LOST, reason: 'AGENT_SILENT' });
    }
  });
});

describe('an action', () => {
  it('is a leaving one or is not', () => {
    expect(LEAVING_ACTIONS.every((action) => isLeaving(action))).toBe(true);
    expect(isLeaving('DEPLOY_IMAGE')).toBe(false);
  });
});
