import { describe, expect, it } from 'vitest';
import type { Storage } from '#domain/storage.ts';
import { createReportIntake } from '#domain/tracing/create-report-intake.ts';
import { createLogger } from '#lib/logger.ts';
import { OverloadedError } from '#lib/turnstile.ts';
import { parseJobReport } from '#webhook/parse-job-report.ts';

const progress = (number: number) => parseJobReport({ job_id: `RestaurarImagen-${number}`, progress: 1 }, '10.0.0.1');
const end = parseJobReport({ job_id: 'RestaurarImagen-0', res: '1' }, '10.0.0.1');
const takeAlone = () => Promise.resolve('applied' as const);

/** An intake whose first batch is being written until it is let go, at a time that is set by hand. */
function startStuck() {
  let now = 0;
  const letGo = Promise.withResolvers<null[]>();
  const db = { $transaction: () => letGo.promise } as unknown as Storage;
  const takeTogether = createReportIntake({
    db,
    clock: { now: () => new Date(now) },
    log: createLogger('silent'),
    believes: () => true,
  });
  const take = (number: number) => takeTogether(progress(number), takeAlone);
  return {
    take,
    takeEnd: () => takeTogether(end, takeAlone),
    pass: (ms: number) => (now += ms),
    letGo: () => letGo.resolve([]),
    /** The first is being written, and this one waits for the next batch. */
    async fill() {
      const first = take(0);
      await new Promise((resolve) => setImmediate(resolve));
      return [first, take(1)];
    },
  };
}

describe('progress, while the database is slow', () => {
  it('waits as long as its agent does, and no longer', async () => {
    const { take, takeEnd, fill, pass, letGo } = startStuck();
    const waiting = await fill();
    pass(2500);
    waiting.push(take(2));
    pass(1);
    await expect(take(3)).rejects.toBeInstanceOf(OverloadedError);
    // What a job came to is never turned away for that.
    await expect(takeEnd()).resolves.toBe('applied');
    letGo();
    expect(await Promise.all(waiting)).toEqual(['applied', 'applied', 'applied']);
    await expect(take(4)).resolves.toBe('applied');
  });

  it('is turned away once too much waits', async () => {
    const { take, fill, letGo } = startStuck();
    const waiting = await fill();
    for (let number = 2; number <= 4000; number += 1) waiting.push(take(number));
    await expect(take(4001)).rejects.toMatchObject({ retryAfterSeconds: 1 });
    letGo();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['applied']));
  });
});
