import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from './behaviour.ts';
import { PARTITION_ERROR, describeEngineError, isFoundBeforeWriting } from './engine-errors.ts';
import type { RestoreOrder } from './restore-order.ts';
import type { SimulatedDisk, SimulatedPartition } from './simulated-machine.ts';

export interface RestoreJob {
  id: string;
  order: RestoreOrder;
  behaviour: Readonly<Behaviour>;
  ip: string;
  mac: string;
  /** The PC's own disks: the job writes to them. */
  disks: readonly SimulatedDisk[];
  /** The disks as `cfg`, as they are at the time of asking. */
  layout: () => string;
  /** Aborted when the PC is switched off or restarted: the job then ends where it is, without a word. */
  signal: AbortSignal;
  report: (body: object) => Promise<unknown>;
  /** Called before the result is reported, for the server may order the next job in its answer. */
  onFinished: (restored: SimulatedPartition | null) => void;
}

/** Restores an image as the engine does, and tells the server how it goes. Ends quietly when the PC dies. */
export async function runRestore(job: RestoreJob): Promise<void> {
  try {
    await restore(job);
  } catch (error) {
    if (!job.signal.aborted) throw error;
  }
}

async function restore(job: RestoreJob): Promise<void> {
  const { behaviour, signal } = job;
  const partition = findPartition(job);
  const failure =
    partition === null ? PARTITION_ERROR : behaviour.fault === 'engine-error' ? behaviour.engineCode : null;
  const endsAtPercent = partition === null ? 0 : failure === null ? 100 : 50;
  const percents = Array.from({ length: behaviour.progressSteps }, (_, index) =>
    Math.round((100 * (index + 1)) / behaviour.progressSteps),
  ).filter((percent) => percent <= (behaviour.fault === 'stall' ? behaviour.stallAtPercent : endsAtPercent));
  const startedAt = performance.now();
  const waitFor = (percent: number) =>
    sleep(Math.max(0, startedAt + (behaviour.durationMs * percent) / 100 - performance.now()), undefined, { signal });
  const tell = async (body: object) => {
    if (behaviour.fault !== 'silent') {
      await Promise.all(Array.from({ length: behaviour.duplicateReports }, () => job.report(body)));
    }
  };
  const tellProgress = (progress: number) => tell({ job_id: job.id, iph: job.ip, mac: job.mac, progress });

  // A PC restarted halfway, or whose engine fails halfway, is left with a partition nobody can read.
  if (partition !== null && (failure === null || !isFoundBeforeWriting(failure))) wipe(partition);
  for (const percent of percents) {
    await waitFor(percent);
    if (behaviour.reportOrder !== 'reversed') await tellProgress(percent);
  }
  signal.throwIfAborted();
  if (behaviour.fault === 'stall') await once(signal, 'abort');
  await waitFor(endsAtPercent);

  if (partition !== null && failure === null) fill(partition, job);
  job.onFinished(failure === null ? partition : null);
  await tell(toResult(job, failure));
  const late = { 'in-order': [], reversed: percents.toReversed(), 'late-progress': percents }[behaviour.reportOrder];
  for (const percent of late) await tellProgress(percent);
}

function toResult({ id, order, ip, mac, layout }: RestoreJob, failure: number | null): object {
  return {
    nfn: 'RESPUESTA_RestaurarImagen',
    job_id: id,
    ids: order.ids,
    iph: ip,
    mac,
    idi: order.idi,
    dsk: order.dsk,
    par: order.par,
    ifs: order.ifs,
    res: failure === null ? '1' : '2',
    der: failure === null ? '' : describeEngineError(failure),
    cfg: layout(),
  };
}

function findPartition({ disks, order }: RestoreJob): SimulatedPartition | null {
  const disk = disks.find(({ number }) => String(number) === order.dsk);
  return disk?.partitions.find(({ number }) => String(number) === order.par) ?? null;
}

function wipe(partition: SimulatedPartition): void {
  Object.assign(partition, { fileSystem: 'EMPTY', operatingSystem: '', usedPercent: 0 });
}

function fill(partition: SimulatedPartition, { disks, order, behaviour }: RestoreJob): void {
  const fileSystem = /windows/i.test(behaviour.restoredOperatingSystem) ? 'NTFS' : 'EXT4';
  Object.assign(partition, {
    code: order.cpt,
    fileSystem,
    operatingSystem: behaviour.restoredOperatingSystem,
    usedPercent: 31,
  });
  // All methods but the direct ones copy the image to the cache first, and leave it there.
  const cache = disks.flatMap((disk) => disk.partitions).find((it) => it.fileSystem === 'CACHE');
  if (cache === undefined || order.method.endsWith('-direct')) return;
  cache.cachedImages = [...new Set(cache.cachedImages).add(order.nci)];
}
