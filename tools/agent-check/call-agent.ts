import { Agent, request } from 'undici';
import { CheckFailedError } from './check.ts';

export interface AgentCall {
  status: number;
  /** Undefined where the answer is not JSON. */
  body: unknown;
  text: string;
}

/** Calls a function of the agent: `body` as JSON, or as it is where it is text. */
export type CallAgent = (nfn: string, body: unknown) => Promise<AgentCall>;

/** As long as the server waits for an agent. */
const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** @param host what the agent is asked by, where that is not the address it is reached at. */
export function createCallAgent(url: string, host: string | undefined): CallAgent & { close: () => Promise<void> } {
  const base = url.replace(/\/+$/, '');
  // Agents ship certificates that prove nothing; that is not what is checked here.
  const dispatcher = new Agent({
    pipelining: 0,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: { rejectUnauthorized: false },
  });
  const call: CallAgent = async (nfn, body) => {
    try {
      const response = await request(`${base}/CloningEngine/${nfn}`, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(host === undefined ? {} : { host }) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: parse(text), text: text.slice(0, 200) };
    } catch (error) {
      throw new CheckFailedError(`${nfn} was not answered: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return Object.assign(call, { close: () => dispatcher.destroy() });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
