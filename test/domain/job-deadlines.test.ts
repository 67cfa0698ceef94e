import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DEADLINES, findDeadline, findPassed } from '#domain/tracing/job-deadlines.ts';
import type { DeadlineFacts } from '#domain/tracing/job-deadlines.ts';
import { parseJobDeadlines } from '#domain/tracing/parse-job-deadlines.ts';
import { TRACE_STATUSES, isFinal } from '#domain/tracing/trace-status.ts';
import { deadlinesWith } from '#test/support/deadlines-with.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const minutes = (count: number) => count * 60_000;
const TABLE = deadlinesWith({
  ANSWER: minutes(5),
  FIRST_REPORT: minutes(10),
  SILENCE: minutes(20),
  TOTAL: minutes(60),
  CANCEL: minutes(7),
});

const SENT: DeadlineFacts = {
  action: 'DEPLOY_IMAGE',
  status: 'SENDING',
  progress: 0,
  sentAt: at(0),
  startedAt: null,
  lastHeardAt: null,
  cancellingSince: null,
};
const ANSWERED: DeadlineFacts = { ...SENT, status: 'RUNNING', startedAt: at(1), lastHeardAt: at(1) };

describe('the deadline of a job', () => {
  const cases: [what: string, facts: DeadlineFacts, phase: string, minute: number][] = [
    ['being sent', SENT, 'ANSWER', 5],
    ['unanswered', { ...SENT, status: 'UNKNOWN' }, 'ANSWER', 5],
    ['answered', ANSWERED, 'FIRST_REPORT', 11],
    ['named by its agent since', { ...ANSWERED, lastHeardAt: at(30) }, 'SILENCE', 50],
    ['that reported at the very moment it was found', { ...ANSWERED, progress: 3 }, 'SILENCE', 21],
    ['that reports to the last', { ...ANSWERED, progress: 90, lastHeardAt: at(59) }, 'TOTAL', 60],
    ['silent until the end of all', { ...ANSWERED, progress: 90, lastHeardAt: at(40) }, 'TOTAL', 60],
    [
      'to be stopped, and reporting',
      { ...ANSWERED, status: 'CANCELLING', lastHeardAt: at(12), cancellingSince: at(10) },
      'CANCEL',
      17,
    ],
    [
      'to be stopped at the last moment',
      { ...ANSWERED, status: 'CANCELLING', lastHeardAt: at(58), cancellingSince: at(58) },
      'TOTAL',
      60,
    ],
  ];

  it.each(cases)('%s', (_what, facts, phase, minute) => {
    expect(findDeadline(facts, TABLE)).toEqual({ phase, at: at(minute) });
    expect(findPassed(facts, TABLE, new Date(at(minute).getTime() - 1))).toBeNull();
    expect(findPassed(facts, TABLE, at(minute))).toBe(phase);
  });

  it('is none before it is sent, and once it has ended', () => {
    for (const status of TRACE_STATUSES.filter((one) => one === 'PENDING' || isFinal(one))) {
      expect(findDeadline({ ...ANSWERED, status }, TABLE)).toBeNull();
    }
    expect(findDeadline({ ...SENT, status: 'PENDING', sentAt: null }, TABLE)).toBeNull();
  });
});

describe('the table of deadlines', () => {
  it('leaves every action a total that is no shorter than what it is the total of', () => {
    for (const limits of Object.values(DEFAULT_DEADLINES)) {
      expect(limits.TOTAL).toBeGreaterThanOrEqual(Math.max(limits.ANSWER, limits.FIRST_REPORT, limits.SILENCE));
    }
  });

  it('is the one that the documentation shows', () => {
    const shown = readFileSync('docs/deadlines.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+` \| \d/.test(line))
      .flatMap((line) => {
        const [action = '', ...times] = line
          .split('|')
          .map((cell) => cell.trim().replaceAll('`', ''))
          .filter(Boolean);
        const names = ['answer', 'first-report', 'silence', 'total', 'cancel'];
        return times.map((time, index) => `${action}.${names[index] ?? ''}=${time}`);
      });
    expect(shown).toHaveLength(5 * Object.keys(DEFAULT_DEADLINES).length);
    expect(parseJobDeadlines(shown.join())).toEqual({ deadlines: DEFAULT_DEADLINES });
  });

  it('is the defaults but for what is said, an action’s own rule before that of all', () => {
    expect(parseJobDeadlines('')).toEqual({ deadlines: DEFAULT_DEADLINES });
    const read = parseJobDeadlines('RUN_SCRIPT.total=6h, *.total=3h,*.first-report=90s , CREATE_IMAGE.cancel=2d');
    if ('mistakes' in read) throw new Error(read.mistakes.join());
    const { RUN_SCRIPT, CREATE_IMAGE, REBOOT } = read.deadlines;
    expect(RUN_SCRIPT).toEqual({ ...DEFAULT_DEADLINES.RUN_SCRIPT, TOTAL: minutes(360), FIRST_REPORT: 90_000 });
    expect(CREATE_IMAGE).toMatchObject({ TOTAL: minutes(180), CANCEL: minutes(2 * 1440) });
    expect(REBOOT.TOTAL).toBe(minutes(180));
  });

  it.each([
    ['RUN_SCRIPT.total=6h,RUN_SCRIPT.total=7h', ['rule 2 says again what another one says']],
    ['RUN_SCRIPT.total=31d', ['rule 1 must be from 10s to 30d']],
    ['constructor.total=1h', [expect.stringMatching(/^rule 1 names no action/)]],
    ['RUN_SCRIPT.toString=1h', [expect.stringMatching(/^rule 1 names no phase/)]],
    ['RUN_SCRIPT.total=-1h', [expect.stringMatching(/^rule 1 must be an action/)]],
  ])('refuses %s', (text, mistakes) => {
    expect(parseJobDeadlines(text)).toEqual({ mistakes });
  });
});
