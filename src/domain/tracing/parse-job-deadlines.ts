import type { Action } from '#domain/operations/action.ts';
import { DEFAULT_DEADLINES } from './job-deadlines.ts';
import type { DeadlinePhase, Deadlines, JobDeadlines } from './job-deadlines.ts';

const PHASES: Readonly<Record<string, DeadlinePhase>> = {
  answer: 'ANSWER',
  'first-report': 'FIRST_REPORT',
  silence: 'SILENCE',
  total: 'TOTAL',
  cancel: 'CANCEL',
};
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MIN_MS = 10_000;
const MAX_MS = 30 * 86_400_000;

interface Rule {
  action: Action | '*';
  phase: DeadlinePhase;
  ms: number;
}

/**
 * Reads `RUN_SCRIPT.total=6h, *.cancel=10m`: what differs from the defaults. `*` is every action that has no rule of its own.
 *
 * @returns the whole table, or everything that is wrong with the text, by place and never by value.
 */
export function parseJobDeadlines(text: string): { deadlines: JobDeadlines } | { mistakes: string[] } {
  const mistakes: string[] = [];
  const rules = new Map<string, Rule>();
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    const rule = readRule(part);
    const place = `rule ${index + 1}`;
    if (typeof rule === 'string') mistakes.push(`${place} ${rule}`);
    else if (rules.has(`${rule.action}.${rule.phase}`)) mistakes.push(`${place} says again what another one says`);
    else rules.set(`${rule.action}.${rule.phase}`, rule);
  }
  if (mistakes.length > 0) return { mistakes };
  const entries = Object.entries(DEFAULT_DEADLINES) as [Action, Deadlines][];
  const table = entries.map(([action, defaults]) => {
    const said = Object.values(PHASES).flatMap((phase) => {
      const rule = rules.get(`${action}.${phase}`) ?? rules.get(`*.${phase}`);
      return rule === undefined ? [] : [[phase, rule.ms] as const];
    });
    return [action, { ...defaults, ...Object.fromEntries(said) }] as const;
  });
  return { deadlines: Object.fromEntries(table) as JobDeadlines };
}

function readRule(part: string): Rule | string {
  const [, action = '', name = '', amount = '', unit = ''] = /^([^.=]+)\.([^.=]+)=(\d{1,6})([smhd])$/.exec(part) ?? [];
  if (action === '') return 'must be an action, a dot, a phase, = and a time such as 90s, 30m, 4h or 2d';
  if (!isAction(action)) return 'names no action; there are *, ' + Object.keys(DEFAULT_DEADLINES).join(', ');
  const phase = Object.hasOwn(PHASES, name) ? PHASES[name] : undefined;
  if (phase === undefined) return `names no phase; there are ${Object.keys(PHASES).join(', ')}`;
  const ms = Number(amount) * (UNIT_MS[unit] ?? 0);
  if (ms < MIN_MS || ms > MAX_MS) return 'must be from 10s to 30d';
  return { action, phase, ms };
}

function isAction(name: string): name is Action | '*' {
  return name === '*' || Object.hasOwn(DEFAULT_DEADLINES, name);
}
