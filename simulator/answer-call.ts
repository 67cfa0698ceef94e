import { ENGINE_ACTIONS } from '#simulator/actions/engine-actions.ts';
import type { EngineWork } from '#simulator/actions/engine-work.ts';
import { readObject } from '#simulator/actions/read-order.ts';
import { answerInstalledCall } from './answer-installed-call.ts';
import type { InstalledAgent } from './answer-installed-call.ts';
import { toFailure, toJsonAnswer, toUnknownAction } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { StartedJob } from './create-job-runner.ts';
import type { InstalledSystem } from './installed-system.ts';
import type { ReceivedCall } from './simulated-agent.ts';
import { toFaultyAnswer, toRefusal } from './spoil-answer.ts';

/** What the answers depend on. */
export interface AnsweringAgent extends InstalledAgent {
  readonly ip: string;
  readonly mac: string;
  readonly jobId: string | null;
  /** Null in ogLive. */
  readonly installed: InstalledSystem | null;
  startJob(nfn: string, work: EngineWork, behaviour: Readonly<Behaviour>): StartedJob;
  /** Resolves when the end of the job is reported. */
  killJob(jobId: string, ids: string, behaviour: Readonly<Behaviour>): Promise<void>;
}

/** Decides the answer of an agent that is switched on, and starts what the call orders. */
export async function answerCall(
  call: ReceivedCall,
  agent: AnsweringAgent,
  behaviour: Readonly<Behaviour>,
): Promise<Answer> {
  if (behaviour.fault === 'hang-up') return { kind: 'hang-up' };
  if (agent.installed !== null) return answerInstalledCall(call, agent, agent.installed, behaviour);
  if (call.rawBody !== '' && call.body === undefined) return toFailure('The body is not JSON');
  const action = `${call.method} ${call.path.replace(/\?.*$/s, '')}`;
  const [, module, nfn = ''] = /^POST \/(CloningEngine|ogAdmClient)\/([^/]+)$/.exec(action) ?? [];
  if (nfn === 'status' && behaviour.listJobs) return toJsonAnswer(200, toStatus(agent));
  if (module !== 'CloningEngine') return toUnknownAction(action);
  if (nfn === 'KillJob' && behaviour.killJobs) return answerKill(call, agent, behaviour);
  const readWork = ENGINE_ACTIONS.get(nfn);
  return readWork === undefined ? toUnknownAction(action) : answerOrder(nfn, readWork, call, agent, behaviour);
}

async function answerOrder(
  nfn: string,
  readWork: (body: unknown) => EngineWork,
  call: ReceivedCall,
  agent: AnsweringAgent,
  behaviour: Readonly<Behaviour>,
): Promise<Answer> {
  let work: EngineWork;
  // A malformed call is told as such whatever the fault, so that a mistake on the wire never hides behind it.
  try {
    work = readWork(call.body);
  } catch (error) {
    return toFailure(error instanceof Error ? error.message : String(error));
  }
  const refusal = toRefusal(call, behaviour);
  if (refusal !== null) return refusal;
  if (agent.jobId !== null) return toFailure(`Busy with ${agent.jobId}`);

  const { jobId, finished } = agent.startJob(nfn, work, behaviour);
  if (behaviour.finishBeforeAnswer) await finished;
  return toFaultyAnswer({ job_id: jobId }, behaviour);
}

/** The agent answers at once; whether the job could be killed is reported later. */
async function answerKill(call: ReceivedCall, agent: AnsweringAgent, behaviour: Readonly<Behaviour>): Promise<Answer> {
  let jobId: unknown;
  let ids: unknown;
  try {
    ({ job_id: jobId, ids = '0' } = readObject(call.body));
  } catch (error) {
    return toFailure(error instanceof Error ? error.message : String(error));
  }
  if (typeof jobId !== 'string' || typeof ids !== 'string') return toFailure('Not a string: job_id or ids');
  const refusal = toRefusal(call, behaviour);
  if (refusal !== null) return refusal;
  if (agent.jobId !== jobId) return toFailure(`Unknown job: ${jobId}`);
  const finished = agent.killJob(jobId, ids, behaviour);
  if (behaviour.finishBeforeAnswer) await finished;
  return toFaultyAnswer({ job_id: jobId }, behaviour);
}

function toStatus({ ip, mac, jobId }: AnsweringAgent): object {
  return {
    nfn: 'status',
    ip,
    mac,
    tpc: jobId === null ? 'OPG' : 'BSY',
    jobs: jobId === null ? [] : [{ job_id: jobId }],
  };
}
