import type { Behaviour } from './behaviour.ts';
import type { InstalledSystem } from './installed-system.ts';
import { parseRestoreOrder } from './restore-order.ts';
import type { RestoreOrder } from './restore-order.ts';
import type { ReceivedCall } from './simulated-agent.ts';

/** What happens to the connection of a call. */
export type Answer =
  | { kind: 'reply'; status: number; headers?: Record<string, string>; text: string }
  | { kind: 'huge'; jobId: string }
  | { kind: 'hang-up' }
  | { kind: 'reset' }
  | { kind: 'never' };

/** What the answers depend on. */
export interface AnsweringAgent {
  readonly ip: string;
  readonly mac: string;
  readonly jobId: string | null;
  readonly user: string | null;
  /** The system that runs; null in ogLive. */
  readonly installed: InstalledSystem | null;
  startRestore(order: RestoreOrder, behaviour: Readonly<Behaviour>): { jobId: string; finished: Promise<void> };
}

/** Decides the answer of an agent that is switched on, and starts the job where the call orders one. */
export async function answerCall(
  call: ReceivedCall,
  agent: AnsweringAgent,
  behaviour: Readonly<Behaviour>,
): Promise<Answer> {
  if (behaviour.fault === 'hang-up') return { kind: 'hang-up' };
  const action = `${call.method} ${call.path.replace(/\?.*$/s, '')}`;
  if (agent.installed !== null) {
    return action === 'GET /opengnsys/status'
      ? json(200, toInstalledStatus(agent.installed, agent.user))
      : unknownAction(action);
  }
  if (call.rawBody !== '' && call.body === undefined) return failure('The body is not JSON');
  if (action === 'POST /CloningEngine/RestaurarImagen') return answerRestore(call, agent, behaviour);
  const isStatus = action === 'POST /CloningEngine/status' || action === 'POST /ogAdmClient/status';
  return isStatus && behaviour.listJobs ? json(200, toStatus(agent)) : unknownAction(action);
}

async function answerRestore(
  call: ReceivedCall,
  agent: AnsweringAgent,
  behaviour: Readonly<Behaviour>,
): Promise<Answer> {
  let order: RestoreOrder;
  // A malformed call is told as such whatever the fault, so that a mistake on the wire never hides behind it.
  try {
    order = parseRestoreOrder(call.body);
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
  if (behaviour.fault === 'refuse') return failure('The engine refuses the job');
  if (behaviour.fault === 'redirect') {
    return {
      kind: 'reply',
      status: 307,
      headers: { location: `https://${call.headers.host ?? agent.ip}/CloningEngine/elsewhere` },
      text: '',
    };
  }
  if (behaviour.fault === 'null-job') return json(200, { job_id: null, message: 'The job was not accepted' });
  if (agent.jobId !== null) return failure(`Busy with ${agent.jobId}`);

  const { jobId, finished } = agent.startRestore(order, behaviour);
  if (behaviour.finishBeforeAnswer) await finished;
  return toRestoreAnswer(jobId, behaviour);
}

function toRestoreAnswer(jobId: string, { fault }: Readonly<Behaviour>): Answer {
  if (fault === 'reset-before-answer') return { kind: 'reset' };
  if (fault === 'never-answer') return { kind: 'never' };
  if (fault === 'huge-answer') return { kind: 'huge', jobId };
  if (fault === 'null-body') return json(200, null);
  if (fault === 'half-json') {
    return { kind: 'reply', status: 200, text: JSON.stringify({ job_id: jobId }).slice(0, -6) };
  }
  return json(200, { job_id: jobId });
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

function toInstalledStatus({ code, session }: InstalledSystem, user: string | null): object {
  return { status: code, loggedin: user !== null, session: user === null ? '' : session };
}

function unknownAction(action: string): Answer {
  return failure(`Unknown action: ${action}`);
}

// Agents know one status for everything that went wrong.
function failure(error: string): Answer {
  return json(500, { error });
}

function json(status: number, body: unknown): Answer {
  return { kind: 'reply', status, text: JSON.stringify(body) };
}
