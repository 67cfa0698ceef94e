import { findReportingClient } from '#domain/inventory/find-reporting-client.ts';
import type { ClientHints } from '#domain/inventory/find-reporting-client.ts';
import { lockClient, setClientStatus } from '#domain/inventory/set-client-status.ts';
import type { Storage } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { AgentOrder } from './agent-gateway.ts';
import { claimTrace } from './claim-trace.ts';
import type { ClaimCollaborators } from './claim-trace.ts';
import { parseTraceInput } from './trace-input.ts';
import type { TraceInput } from './trace-input.ts';

/** An order that its agent came for. */
export interface HandedOverOrder {
  order: AgentOrder;
  /** By which the agent is to name it. */
  number: number;
  agentVersion: string | null;
}

export type HandOverOrder = (hints: ClientHints) => Promise<HandedOverOrder | null>;

/**
 * Gives an agent that asks for work the oldest order for its machine that may be sent and has not been; null where there is none.
 *
 * Handing over is sending: the order is claimed as whoever sends it would, and that is committed before anything is answered. So it is
 * handed over or sent, and that once; an answer that is lost on its way leaves a trace of unknown outcome, never an order to be given
 * again. What the agent makes of it, it does not say: the trace is UNKNOWN until it reports.
 */
export function createHandOverOrder(collaborators: ClaimCollaborators): HandOverOrder {
  const { db } = collaborators;
  return async (hints) => {
    const clientId = await findReportingClient(db, hints);
    if (clientId === null) return null;
    const { ip, agentVersion } = await db.client.findUniqueOrThrow({
      where: { id: clientId },
      select: { ip: true, agentVersion: true },
    });
    // An order destroys data: whoever calls itself by an id of ours and has another's address gets none.
    if (hints.ips.length > 0 && !hints.ips.includes(ip)) return null;
    const due = await db.trace.findMany({
      // Who is to receive with others is told by the one that counts them.
      where: { clientId, status: 'PENDING', waitsFor: null, sessionId: null },
      orderBy: { id: 'asc' },
      select: { id: true, action: true, input: true, number: true },
    });
    for (const { id, action, input, number } of due) {
      const order = parseTraceInput(action, input);
      if (!isForOgLive(order) || !(await claimTrace(collaborators, id, clientId))) continue;
      await recordHandOver(db, id, clientId, collaborators.clock.now());
      return { order, number, agentVersion };
    }
    return null;
  };
}

/** Only ogLive’s agent comes for orders; nobody listens yet on a machine that is to be switched on. */
function isForOgLive(order: TraceInput): order is AgentOrder {
  return order.action !== 'POWER_ON' && !('through' in order && order.through === 'INSTALLED_SYSTEM');
}

async function recordHandOver(db: Storage, traceId: string, clientId: string, now: Date): Promise<void> {
  await db.$transaction(async (tx) => {
    const client = await lockClient(tx, clientId);
    await tx.trace.update({ where: { id: traceId }, data: { handedOverAt: now }, select: { id: true } });
    const message = 'The agent fetched the order, and has not said yet that it is at it.';
    const { events } = await applyTraceFact(tx, client, traceId, { fact: 'unanswered', message }, now);
    events.push(...(await setClientStatus(tx, client, 'BUSY', { at: now, isHeard: true })));
    await appendEvents(tx, events);
  });
}
