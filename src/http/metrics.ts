import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { CLIENT_STATUSES } from '#domain/inventory/client-status.ts';
import type { Measures } from '#domain/measure.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import { OVER_LIMITS } from './over-limit.ts';
import type { OverLimit } from './over-limit.ts';
import { createReportCounters } from './report-counters.ts';
import type { CountReport } from './report-counters.ts';
import type { StreamMeter } from './streams/stream-meter.ts';
import { addStreamMetrics } from './streams/stream-metrics.ts';

/** What kind of caller a request is of: a label with few values, whatever paths strangers try. */
export type RouteName = 'graphql' | 'agents' | 'repositories' | 'other';

export interface Metrics {
  /** Watches a request to its end. */
  watch(route: RouteName, response: ServerResponse): void;
  /** Counts something that was refused for being too much, or from elsewhere. */
  overLimit(limit: OverLimit): void;
  countReport: CountReport;
  /** Answers Prometheus. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Seconds. Agents give up after five. */
const BUCKETS = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Numbers for Prometheus: of requests and reports as they end, and of machines and jobs as the database has them when it is asked. Nothing runs for
 * them while nobody asks, but the counting of requests.
 */
export function createMetrics({
  measure,
  streams,
}: {
  measure: () => Promise<Measures>;
  streams: StreamMeter;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'oggraph_http_requests_total',
    help: 'HTTP requests that have ended, by kind of caller and status.',
    labelNames: ['route', 'status'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'oggraph_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer. Event streams count when they end.',
    labelNames: ['route'] as const,
    buckets: BUCKETS,
    registers,
  });
  const overLimits = new Counter({
    name: 'oggraph_refused_total',
    help: 'What was refused for being too much, or not allowed: see docs/security.md.',
    labelNames: ['reason'] as const,
    registers,
  });
  for (const reason of OVER_LIMITS) overLimits.inc({ reason }, 0);
  const clients = new Gauge({
    name: 'oggraph_clients',
    help: 'Client machines, by what is known of their state.',
    labelNames: ['status'] as const,
    registers,
  });
  const traces = new Gauge({
    name: 'oggraph_active_traces',
    help: 'Jobs that have not ended, by state.',
    labelNames: ['status'] as const,
    registers,
  });
  const head = new Gauge({ name: 'oggraph_event_log_head', help: 'Number of the newest event.', registers });
  addStreamMetrics(registry, streams);
  let isWatchingProcess = false;

  async function refresh(): Promise<void> {
    const now = await measure();
    for (const status of CLIENT_STATUSES) clients.set({ status }, 0);
    for (const { status, count } of now.clients) clients.set({ status }, count);
    for (const status of ACTIVE_STATUSES) traces.set({ status }, 0);
    for (const { status, count } of now.traces) traces.set({ status }, count);
    head.set(Number(now.eventLogHead));
  }

  return {
    countReport: createReportCounters(registry),
    watch(route, response) {
      const started = performance.now();
      response.once('close', () => {
        requests.inc({ route, status: String(response.statusCode) });
        durations.observe({ route }, (performance.now() - started) / 1000);
      });
    },
    overLimit(reason) {
      overLimits.inc({ reason });
    },
    async answer(_request, response) {
      if (!isWatchingProcess) collectDefaultMetrics({ register: registry });
      isWatchingProcess = true;
      await refresh();
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
    },
  };
}
