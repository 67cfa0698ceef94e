import { z } from 'zod';
import type { AgentOrder, AgentOrderOutcome } from '#domain/operations/agent-gateway.ts';
import type { AgentAnswer, AgentRequest } from './protocol.ts';

/** An order that the agent of an installed system takes; it names no jobs, and reports only that it stops and starts. */
export type InstalledOrder = Extract<AgentOrder, { action: 'POWER_OFF' | 'REBOOT' }>;

const PATHS: Readonly<Record<InstalledOrder['action'], string>> = {
  POWER_OFF: '/opengnsys/poweroff',
  REBOOT: '/opengnsys/reboot',
};

/** Whether an order is for the agent of an installed system, and not for ogLive’s. */
export function isForInstalled(order: AgentOrder): order is InstalledOrder {
  return (order.action === 'POWER_OFF' || order.action === 'REBOOT') && order.through === 'INSTALLED_SYSTEM';
}

/** Its agent knows us by the secret that it made up when it started, and told us then. */
export function toInstalledRequest({ action }: InstalledOrder, secret: string): AgentRequest {
  return { path: PATHS[action], body: '{}', authorization: secret };
}

/** What runs there and whether somebody is logged in; without the details it asks for no secret. */
export const INSTALLED_STATUS: AgentRequest = { method: 'GET', path: '/opengnsys/status', body: '' };

const state = z.object({ status: z.string().max(60), loggedin: z.boolean().optional() });

/** The agent’s own word for its state, and whether somebody is logged in; null where it is none. */
export function parseInstalledStatus({ status, body }: AgentAnswer): { word: string; loggedIn: boolean } | null {
  const said = status === 200 ? state.safeParse(parseJson(body)).data : undefined;
  return said === undefined ? null : { word: said.status, loggedIn: said.loggedin ?? false };
}

const launched = z.object({ op: z.string() }).nullable();
const failure = z.object({ error: z.string() });

/** `{op: launched}`, or `null` from agents that lose their own answer (2020, main branch); 500 with the reason where it will not. */
export function parseInstalledAnswer({
  status,
  body,
}: AgentAnswer): { outcome: 'accepted'; jobId: null } | Extract<AgentOrderOutcome, { outcome: 'refused' | 'unknown' }> {
  const json = parseJson(body);
  if (status === 200 && launched.safeParse(json).success) return { outcome: 'accepted', jobId: null };
  const failed = failure.safeParse(json);
  if (status >= 400 || failed.success) {
    const words = failed.success
      ? failed.data.error.slice(0, 200).toWellFormed().replaceAll('\0', '')
      : `HTTP ${status}`;
    return { outcome: 'refused', message: words };
  }
  return { outcome: 'unknown', message: 'The agent’s answer could not be understood.' };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
