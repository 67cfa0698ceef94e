import type { ReportAnswer, Reporter } from './create-reporter.ts';
import type { SentReport } from './simulated-agent.ts';

/** What one agent tells the server, and what became of it. */
export interface AgentReports {
  readonly sent: readonly SentReport[];
  readonly lost: number;
  /** Sends once; nothing is sent, and nothing counted, when the PC is dead already or dies while speaking. */
  send(life: AbortSignal, path: string, body: object): Promise<ReportAnswer | null>;
  /** The same, after all that was to be sent in turn before: a login is never told before the start it follows. */
  sendInTurn(life: AbortSignal, path: string, body: object): Promise<ReportAnswer | null>;
}

export function createAgentReports(reporter: Reporter, say: (text: string) => void): AgentReports {
  const sent: SentReport[] = [];
  let lost = 0;
  let lastInTurn: Promise<ReportAnswer | null> = Promise.resolve(null);

  async function send(life: AbortSignal, path: string, body: object): Promise<ReportAnswer | null> {
    if (life.aborted) return null;
    const entry: SentReport = { at: new Date(), path, body, status: null, answer: null };
    sent.push(entry);
    const answer = await reporter.post(path, body, life);
    if (answer === null && life.aborted) return null;
    entry.status = answer?.status ?? null;
    entry.answer = answer?.text ?? null;
    const isLost = wasNotTaken(answer);
    if (isLost) lost += 1;
    say(`${[path, ...summarize(body)].join(' ')} → ${answer?.status ?? 'no answer'}${isLost ? ', lost' : ''}`);
    return answer;
  }

  return {
    sent,
    get lost() {
      return lost;
    },
    send,
    sendInTurn(life, path, body) {
      lastInTurn = lastInTurn.then(() => send(life, path, body));
      return lastInTurn;
    },
  };
}

/** No answer, or the server's own failure. A 4xx is an answer: the server has read the report and does not want it. */
export function wasNotTaken(answer: ReportAnswer | null): boolean {
  return answer === null || answer.status >= 500;
}

function summarize(body: object): string[] {
  const { job_id: job, progress, res, der } = body as Record<string, string | number | undefined>;
  if (job === undefined) return [];
  return [`${job}`, progress !== undefined ? `${progress} %` : res === '1' ? 'done' : `failed: ${der}`];
}
