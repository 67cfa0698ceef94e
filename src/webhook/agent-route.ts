import type { ReportedClient } from '#domain/inventory/receive-client-report.ts';
import { textOf } from './agent-body.ts';
import type { AgentBody } from './agent-body.ts';

/** What an agent is answered: agents of all ages read JSON, and nothing but 200 as success. */
export interface AgentAnswer {
  status: 200 | 400;
  body: unknown;
}

export type AgentRoute = (body: AgentBody, sender: string) => Promise<AgentAnswer>;

/** A route with the path under which it is called. */
export type NamedRoute = readonly [path: string, route: AgentRoute];

export function answer(body: unknown): AgentAnswer {
  return { status: 200, body };
}

/** Agents in an installed system expect an empty JSON string, and take 400 with a message for a refusal. */
export function acknowledge(client: ReportedClient | null): AgentAnswer {
  return client === null ? { status: 400, body: { message: 'this machine is not registered' } } : answer('');
}

export function readAgentVersion(body: AgentBody): string | null {
  return textOf(body, 'agent_version', 100);
}
