// A process that speaks as many agents: each connection says one job's progress after the other.
import { Agent, request } from 'undici';
import { addressOf } from './report-clients.ts';

interface Task {
  url: string;
  jobs: number;
  seconds: number;
  connections: number;
  /** Null: as fast as it is answered. */
  perSecond: number | null;
}

process.once('message', (task) => {
  void run(task as Task).then((result) => process.send?.(result, () => process.exit(0)));
});

async function run({ url, jobs, seconds, connections, perSecond }: Task) {
  const dispatcher = new Agent({ connections, pipelining: 1 });
  const times: number[] = [];
  const counts = { sent: 0, ok: 0, refused: 0, failed: 0 };
  const started = performance.now();
  const end = started + seconds * 1000;
  let next = 0;

  async function sayOne(): Promise<void> {
    const number = next;
    next += 1;
    const job = number % jobs;
    // Each job grows by a thousandth a report; the percent that is told is what changes.
    const progress = Math.min(99, Math.floor(number / jobs));
    counts.sent += 1;
    const from = performance.now();
    try {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': addressOf(job) },
        body: JSON.stringify({
          job_id: `EjecutarScript-${job.toString(16).padStart(8, '0')}`,
          progress,
          ido: '',
          n: started + number,
        }),
      });
      await body.dump();
      if (statusCode === 200) counts.ok += 1;
      else if (statusCode === 503) counts.refused += 1;
      else counts.failed += 1;
    } catch {
      counts.failed += 1;
    }
    times.push(performance.now() - from);
  }

  if (perSecond === null) {
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (performance.now() < end) await sayOne();
      }),
    );
  } else {
    const running = new Set<Promise<void>>();
    while (performance.now() < end) {
      const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
      while (next < due) {
        const one = sayOne().finally(() => running.delete(one));
        running.add(one);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(running);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { ...counts, seconds: (performance.now() - started) / 1000, p50: at(0.5), p99: at(0.99) };
}
