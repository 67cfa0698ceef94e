import { fork } from 'node:child_process';
import type { Storage } from '#domain/storage.ts';
import { addressOf } from './report-clients.ts';

export const JOBS = 500;

/** A room full of running jobs, as the database holds them. @returns the jobs' names. */
export async function loadRunningJobs(db: Storage): Promise<string[]> {
  const center = await db.center.create({ data: { name: 'Centro' } });
  const room = await db.room.create({ data: { name: 'Aula', centerId: center.id } });
  const clients = await db.client.createManyAndReturn({
    data: Array.from({ length: JOBS }, (_, index) => ({
      roomId: room.id,
      name: `pc${index}`,
      mac: `02:00:00:00:${hex(index >> 8)}:${hex(index & 255)}`,
      ip: addressOf(index),
      status: 'BUSY' as const,
    })),
  });
  const operation = await db.operation.create({
    data: { action: 'RUN_SCRIPT', requestedBy: 'bench', input: {}, inputHash: '', outcomes: [], startSeq: 0n },
  });
  const jobIds = clients.map((_, index) => `EjecutarScript-${index.toString(16).padStart(8, '0')}`);
  await db.trace.createMany({
    data: clients.map(({ id, ip }, index) => ({
      operationId: operation.id,
      clientId: id,
      action: 'RUN_SCRIPT' as const,
      status: 'RUNNING' as const,
      jobId: jobIds[index] ?? null,
      agentIp: ip,
      input: { script: 'x', parameters: [], commandId: null, commandName: null },
      sentAt: new Date(),
      startedAt: new Date(),
      lastHeardAt: new Date(),
    })),
  });
  return jobIds;
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0').toUpperCase();

export interface Intake {
  sent: number;
  ok: number;
  refused: number;
  failed: number;
  seconds: number;
  p50: number;
  p99: number;
}

/** Has a process of its own say progress for every job, over and over, for a time. */
export function sendReports(
  url: string,
  options: { seconds: number; connections: number; perSecond: number | null },
): Promise<Intake> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./report-generator.ts', import.meta.url), [], { stdio: 'inherit' });
    child.once('message', (message) => {
      resolve(message as Intake);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`the generator ended with ${code}`));
    });
    child.send({ url, jobs: JOBS, ...options });
  });
}
