import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Refusal } from '#webhook/webhook-answer.ts';

/** What became of a report: labels with few values. */
export type ReportResult = 'applied' | 'repeat' | 'late' | 'kept' | 'stored' | 'refused' | 'overloaded' | 'failed';

/** How one report ended. */
export interface ReportEnd {
  /** Path that it was sent to, which is one of ours. */
  route: string;
  result: ReportResult;
  /** Of one that was refused: why. */
  refusal?: Refusal;
}

export type CountReport = (end: ReportEnd) => void;

/** Counts what agents and repositories report, by what becomes of it. */
export function createReportCounters(registry: Registry): CountReport {
  const registers = [registry];
  const reports = new Counter({
    name: 'oggraph_reports_total',
    help: 'Reports of agents and repositories, by route and outcome. Only overloaded and failed ones are not stored and have to be said again.',
    labelNames: ['route', 'outcome'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'oggraph_reports_refused_total',
    help: 'Reports that changed nothing because they were not believed, not readable or of nobody, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  return ({ route, result, refusal }) => {
    reports.inc({ route, outcome: result });
    if (refusal !== undefined) refusals.inc({ reason: refusal });
  };
}
