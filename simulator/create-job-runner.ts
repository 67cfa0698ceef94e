import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, EnginePc, EngineWork } from '#simulator/actions/engine-work.ts';
import type { Behaviour } from './behaviour.ts';
import { runJob } from './run-job.ts';

const WEBHOOK = 'clients/status/webhook';

export interface StartedJob {
  jobId: string;
  /** Resolves when its reports are answered, or it has died. */
  finished: Promise<void>;
}

/** The one job that an agent has in hand at most. */
export interface JobRunner {
  readonly jobId: string | null;
  start(nfn: string, work: EngineWork, behaviour: Readonly<Behaviour>): StartedJob;
  /** Ends the job in hand, then says so; where it ended first by itself, that is said instead. */
  kill(jobId: string, ids: string, behaviour: Readonly<Behaviour>): Promise<void>;
  /** The PC is switched off, and its job died with it. */
  forget(): void;
}

interface RunnerParts {
  ip: string;
  mac: string;
  pc: EnginePc;
  /** Of the PC as it runs now. */
  life: () => AbortSignal;
  send: (life: AbortSignal, path: string, body: object) => Promise<unknown>;
  perform: (act: Act, behaviour: Readonly<Behaviour>, life: AbortSignal) => Promise<void>;
  track: (task: Promise<void>) => Promise<void>;
  say: (text: string) => void;
}

export function createJobRunner({ ip, mac, pc, life, send, perform, track, say }: RunnerParts): JobRunner {
  let current: { id: string; end: AbortController } | null = null;

  return {
    get jobId() {
      return current?.id ?? null;
    },
    start(nfn, work, behaviour) {
      const signal = life();
      const own = {
        id: `${nfn}-${behaviour.fixedJobHex ?? randomBytes(4).toString('hex')}`,
        end: new AbortController(),
      };
      current = own;
      say(`${own.id} starts`);
      const jobSignal = AbortSignal.any([signal, own.end.signal]);
      const job = runJob({
        id: own.id,
        nfn,
        work,
        behaviour,
        ip,
        mac,
        pc,
        signal: jobSignal,
        report: (body) => send(jobSignal, WEBHOOK, body),
        onFinished() {
          if (current === own) current = null;
        },
      });
      // Not part of `finished`: an answer that waits for the reports still leaves before the PC goes off.
      void track(
        job.then(async (act) => {
          if (act !== null) await perform(act, behaviour, signal);
        }),
      );
      return { jobId: own.id, finished: track(job.then(() => {})) };
    },
    async kill(jobId, ids, { killDelayMs, duplicateReports, fault }) {
      const signal = life();
      const target = current;
      await sleep(killDelayMs, undefined, { signal });
      const isKilled = target?.id === jobId && current === target;
      if (isKilled) {
        current = null;
        target.end.abort();
        say(`${jobId} is killed`);
      }
      const report = {
        nfn: 'RESPUESTA_KillJob',
        job_id: jobId,
        ids,
        iph: ip,
        mac,
        res: isKilled ? '1' : '2',
        der: isKilled ? '' : '040-El trabajo ya había terminado',
      };
      if (fault === 'silent') return;
      await Promise.all(Array.from({ length: duplicateReports }, () => send(signal, WEBHOOK, report)));
    },
    forget() {
      current = null;
    },
  };
}
