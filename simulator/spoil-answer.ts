import { toFailure, toJsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { ReceivedCall } from './simulated-agent.ts';

/** The answer of an agent that does not do what it is told; null where it does. */
export function toRefusal(call: ReceivedCall, { fault }: Readonly<Behaviour>): Answer | null {
  if (fault === 'refuse') return toFailure('The engine refuses the job');
  if (fault === 'redirect') {
    const location = `https://${call.headers.host ?? ''}/CloningEngine/elsewhere`;
    return { kind: 'reply', status: 307, headers: { location }, text: '' };
  }
  if (fault === 'null-job') return toJsonAnswer(200, { job_id: null, message: 'The job was not accepted' });
  return null;
}

/** The answer of an agent that does what it is told, as it gets to the caller. */
export function toFaultyAnswer(body: object, { fault }: Readonly<Behaviour>): Answer {
  if (fault === 'reset-before-answer') return { kind: 'reset' };
  if (fault === 'never-answer') return { kind: 'never' };
  if (fault === 'huge-answer') return { kind: 'huge', body };
  if (fault === 'null-body') return toJsonAnswer(200, null);
  if (fault === 'half-json') return { kind: 'reply', status: 200, text: JSON.stringify(body).slice(0, -6) };
  return toJsonAnswer(200, body);
}
