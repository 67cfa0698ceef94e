import { timingSafeEqual } from 'node:crypto';
import type { Act, RanScript } from '#simulator/actions/engine-work.ts';
import { pretendScript } from '#simulator/actions/pretend-script.ts';
import { readObject } from '#simulator/actions/read-order.ts';
import { AGENT_VERSION } from './announce-start.ts';
import { toFailure, toJsonAnswer, toUnknownAction } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { InstalledSystem } from './installed-system.ts';
import type { ReceivedCall } from './simulated-agent.ts';
import { toFaultyAnswer, toRefusal } from './spoil-answer.ts';

/** What the agent of an installed system needs for its answers. */
export interface InstalledAgent {
  readonly user: string | null;
  readonly secret: string;
  readonly ranScripts: RanScript[];
  /** Lets the PC act in a while. */
  perform(act: Act, behaviour: Readonly<Behaviour>): void;
  logOff(): void;
}

/** The calls of module `opengnsys`. All but the plain status need the secret of the last start. */
export function answerInstalledCall(
  call: ReceivedCall,
  agent: InstalledAgent,
  system: InstalledSystem,
  behaviour: Readonly<Behaviour>,
): Answer {
  const [path = '', query = ''] = call.path.split('?', 2);
  const action = `${call.method} ${path}`;
  if (action === 'GET /opengnsys/status' && query === '') return toJsonAnswer(200, toStatus(system, agent.user));
  const order = action === 'GET /opengnsys/status' ? () => toDetails(system, agent.user) : ORDERS.get(action);
  if (order === undefined) return toUnknownAction(action);
  if (!isAuthorized(call, agent.secret)) return toFailure('Unauthorized');
  if (call.rawBody !== '' && call.body === undefined) return toFailure('The body is not JSON');
  const refusal = call.method === 'POST' ? toRefusal(call, behaviour) : null;
  if (refusal !== null) return refusal;
  try {
    return toFaultyAnswer(order(agent, call.body, behaviour), behaviour);
  } catch (error) {
    return toFailure(error instanceof Error ? error.message : String(error));
  }
}

type InstalledOrder = (agent: InstalledAgent, body: unknown, behaviour: Readonly<Behaviour>) => object;

const LAUNCHED = { op: 'launched' };
const SENT = { op: 'sent to client' };

const ORDERS: ReadonlyMap<string, InstalledOrder> = new Map(
  Object.entries<InstalledOrder>({
    'POST /opengnsys/poweroff': (agent, _body, behaviour) => {
      agent.perform({ kind: 'power-off' }, behaviour);
      return LAUNCHED;
    },
    'POST /opengnsys/reboot': (agent, _body, behaviour) => {
      agent.perform({ kind: 'reboot' }, behaviour);
      return LAUNCHED;
    },
    'POST /opengnsys/script': ({ ranScripts }, body) => {
      const script = decodeScript(readText(body, 'script'));
      const { output, exitCode } = pretendScript(script);
      ranScripts.push({ script, output, exitCode });
      return LAUNCHED;
    },
    'POST /opengnsys/logoff': (agent) => {
      agent.logOff();
      return SENT;
    },
    'POST /opengnsys/popup': (_agent, body) => {
      readText(body, 'title');
      readText(body, 'message');
      return LAUNCHED;
    },
  }),
);

function isAuthorized({ headers }: ReceivedCall, secret: string): boolean {
  const [given, own] = [Buffer.from(headers.authorization ?? ''), Buffer.from(secret)];
  return given.length === own.length && timingSafeEqual(given, own);
}

function readText(body: unknown, key: string): string {
  const value = readObject(body)[key];
  if (typeof value !== 'string') throw new Error(`Missing: ${key}`);
  return value;
}

/** Base64 of URL-encoded text. */
function decodeScript(text: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('script is not base64');
  try {
    return decodeURIComponent(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    throw new Error('script is not URL-encoded');
  }
}

function toStatus({ code, session }: InstalledSystem, user: string | null): object {
  return { status: code, loggedin: user !== null, session: user === null ? '' : session };
}

function toDetails(system: InstalledSystem, user: string | null): object {
  return {
    ...toStatus(system, user),
    agent_version: AGENT_VERSION,
    os_version: system.osversion,
    sys_load: 0.12,
    sessions: user === null ? 0 : 1,
    current_user: user ?? '',
  };
}
