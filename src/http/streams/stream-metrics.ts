import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { StreamMeter } from './stream-meter.ts';

/** Tells Prometheus what the meter knows, at the moment it asks. */
export function addStreamMetrics(registry: Registry, meter: StreamMeter): void {
  const registers = [registry];
  new Gauge({
    name: 'oggraph_stream_connections',
    help: 'Sockets and event streams that are open.',
    labelNames: ['transport'] as const,
    registers,
    collect() {
      for (const [transport, count] of Object.entries(meter.totals().connections)) this.set({ transport }, count);
    },
  });
  new Gauge({
    name: 'oggraph_stream_subscriptions',
    help: 'Subscriptions that run on them.',
    registers,
    collect() {
      this.set(meter.totals().subscriptions);
    },
  });
  new Gauge({
    name: 'oggraph_stream_waiting_bytes',
    help: 'Bytes that the server holds for streams until their clients read.',
    registers,
    collect() {
      this.set(meter.totals().waitingBytes);
    },
  });
  new Counter({
    name: 'oggraph_stream_closed_total',
    help: 'Sockets and event streams that have ended, by close code.',
    labelNames: ['code'] as const,
    registers,
    collect() {
      this.reset();
      for (const [code, count] of meter.totals().closed) this.inc({ code }, count);
    },
  });
}
