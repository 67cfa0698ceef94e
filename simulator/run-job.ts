import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, EnginePc, EngineWork, Transmission } from '#simulator/actions/engine-work.ts';
import type { Behaviour } from './behaviour.ts';
import { NO_SESSION_ERROR, describeEngineError, isFoundBeforeWriting } from './engine-errors.ts';

export interface Job {
  id: string;
  /** Name of the engine's function. */
  nfn: string;
  work: EngineWork;
  behaviour: Readonly<Behaviour>;
  ip: string;
  mac: string;
  pc: EnginePc;
  /** Aborted when the job is killed or the PC switched off or restarted: it then ends where it is, without a word. */
  signal: AbortSignal;
  report: (body: object) => Promise<unknown>;
  /** Called before the result is reported, for the server may order the next job in its answer. */
  onFinished: () => void;
}

/**
 * Does a job as the engine does, and tells the server how it goes. Ends quietly when its signal says so.
 *
 * @returns what the PC is to do now that the result is reported.
 */
export async function runJob(job: Job): Promise<Act | null> {
  try {
    return await run(job);
  } catch (error) {
    if (!job.signal.aborted) throw error;
    return null;
  }
}

async function run(job: Job): Promise<Act | null> {
  const { behaviour, signal, work, pc } = job;
  const tell = async (body: object) => {
    if (behaviour.fault !== 'silent') {
      await Promise.all(Array.from({ length: behaviour.duplicateReports }, () => job.report(body)));
    }
  };
  const tellProgress = (progress: number) => tell({ job_id: job.id, iph: job.ip, mac: job.mac, progress });

  const obstacle = work.check?.(pc) ?? null;
  const session = obstacle === null ? await work.join?.(pc, behaviour.joinTimeoutMs, signal) : undefined;
  const early = session === null ? NO_SESSION_ERROR : obstacle;
  const expected = early ?? (behaviour.fault === 'engine-error' ? behaviour.engineCode : null);
  const endsAtPercent = early !== null ? 0 : expected !== null ? 50 : 100;
  const percents = percentsOf(job, endsAtPercent);

  let code: number | null = expected;
  try {
    if (early === null && (expected === null || !isFoundBeforeWriting(expected))) work.begin?.(pc);
    if (await workUntil(job, session, percents, endsAtPercent, tellProgress)) code = work.cutCode ?? null;
  } finally {
    session?.leave();
  }

  const der = code === null ? (work.finish?.(pc, behaviour) ?? null) : describeEngineError(code);
  job.onFinished();
  await tell(toResult(job, der));
  const late = { 'in-order': [], reversed: percents.toReversed(), 'late-progress': percents }[behaviour.reportOrder];
  for (const percent of late) await tellProgress(percent);
  return der === null ? (work.act?.(pc) ?? null) : null;
}

/** Lets the time of the job go by, and tells its progress. @returns whether the session it lived on was cancelled. */
async function workUntil(
  { behaviour, signal, work }: Job,
  session: Transmission | null | undefined,
  percents: readonly number[],
  endsAtPercent: number,
  tellProgress: (percent: number) => Promise<void>,
): Promise<boolean> {
  const startedAt = performance.now();
  const durationMs = work.isInstant === true ? 0 : behaviour.durationMs + (work.extraMs ?? 0);
  const either = session ? AbortSignal.any([signal, session.cut]) : signal;
  const waitFor = (percent: number) =>
    sleep(Math.max(0, startedAt + (durationMs * percent) / 100 - performance.now()), undefined, { signal: either });
  try {
    for (const percent of percents) {
      await waitFor(percent);
      if (behaviour.reportOrder !== 'reversed') await tellProgress(percent);
    }
    either.throwIfAborted();
    if (behaviour.fault === 'stall') await once(signal, 'abort');
    await waitFor(endsAtPercent);
    return false;
  } catch (error) {
    if (signal.aborted || !either.aborted) throw error;
    return true;
  }
}

function percentsOf({ behaviour, work }: Job, endsAtPercent: number): number[] {
  const steps = work.isInstant === true ? 0 : behaviour.progressSteps;
  const last = behaviour.fault === 'stall' ? behaviour.stallAtPercent : endsAtPercent;
  return Array.from({ length: steps }, (_, index) => Math.round((100 * (index + 1)) / steps)).filter(
    (percent) => percent <= last,
  );
}

function toResult({ id, nfn, work, ip, mac, pc }: Job, der: string | null): object {
  return {
    nfn: `RESPUESTA_${nfn}`,
    job_id: id,
    ids: work.ids,
    iph: ip,
    mac,
    ...work.result?.(pc, der === null),
    res: der === null ? '1' : '2',
    der: der ?? '',
  };
}
