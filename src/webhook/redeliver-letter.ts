import type { RedeliverLetter } from '#domain/reports/keep-dead-letters.ts';
import { UnreadableReportError, parseAgentBody } from './agent-body.ts';
import { isAgentEvent, parseAgentEvent } from './signed/parse-agent-event.ts';
import { SIGNED_PATH, applyEvent } from './signed/take-signed-event.ts';
import { AGENT_REST } from './take-agent-report.ts';
import type { AgentRoutesOn } from './take-agent-report.ts';

/** Where agents ask for something. An answer would reach nobody now, and an order that was handed over would be lost. */
const REQUESTS: ReadonlySet<string> = new Set(
  ['ComandosPendientes', 'AutoexecCliente', 'enviaArchivo'].map((name) => `${AGENT_REST}ogAdmClient/${name}`),
);

/** Says what a letter says to the route it was sent to. What that route cannot read is an {@link UnreadableReportError}. */
export function createRedeliverLetter(routesOn: AgentRoutesOn): RedeliverLetter {
  return async ({ route, sender, body }, receivers) => {
    if (REQUESTS.has(route)) throw new UnreadableReportError('it tells nothing, but asks for something');
    const parsed = parseAgentBody(Buffer.from(body));
    if (route === SIGNED_PATH) {
      await applyEvent(parseAgentEvent(parsed), null, sender, receivers);
      return;
    }
    const routes = routesOn({
      ...receivers,
      // An order that is handed over now would reach nobody, and never be given again.
      settle: () =>
        Promise.reject(new UnreadableReportError('it asked for an answer, and nobody waits for that any more')),
    });
    const take = routes.get(route.slice(AGENT_REST.length));
    if (take === undefined) throw new UnreadableReportError('there is no such route any more');
    await take(parsed, sender);
  };
}

export function isUnreadable(error: unknown): boolean {
  return error instanceof UnreadableReportError;
}

/** Where a report that was kept had been sent to. */
export function routeOfKept(body: unknown): string {
  return isAgentEvent(body as Record<string, unknown>) ? SIGNED_PATH : `${AGENT_REST}clients/status/webhook`;
}
