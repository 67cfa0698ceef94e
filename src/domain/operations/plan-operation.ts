import type { FindBlackouts } from '#domain/scheduling/find-blackouts.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { AgentGateway } from './agent-gateway.ts';
import { assessClient } from './client-rules.ts';
import { isDisturbing } from './disturbance.ts';
import type { BlackoutPolicy } from './disturbance.ts';
import type { OperationOrder, OrderedAction } from './operation-order.ts';
import { toPlan } from './operation-plan.ts';
import type { OperationPlan, PlannedClient } from './operation-plan.ts';
import { findTargetClients } from './operation-target.ts';
import type { OperationTarget, TargetClient } from './operation-target.ts';
import type { Planner } from './planner.ts';
import { createImage } from './planners/create-image.ts';
import { deleteCachedImage } from './planners/delete-cached-image.ts';
import { deployImage } from './planners/deploy-image.ts';
import { hardwareInventory, softwareInventory } from './planners/inventories.ts';
import { powerOff, reboot, startSession } from './planners/leaving.ts';
import { partitionAndFormat } from './planners/partition-and-format.ts';
import { createPowerOnPlanner } from './planners/power-on.ts';
import type { WakeSender } from './planners/power-on.ts';
import { runScript } from './planners/run-script.ts';
import { readinessOf, reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** What of a request decides who is told what. */
export interface PlannedRequest {
  order: OperationOrder;
  target: OperationTarget;
  /** What becomes of a client that has a job of ours in hand. */
  whenBusy: 'REFUSE' | 'QUEUE';
  /** What becomes of a client whose room is not to be disturbed now. */
  onBlackout: BlackoutPolicy;
}

export type PlanOperation = (request: PlannedRequest, tx?: Transaction) => Promise<OperationPlan>;

/**
 * Tells what an operation would do to each client of its target, without doing any of it.
 *
 * Costs the same few statements for one client and for a thousand. The same function decides again, inside its transaction,
 * when the operation is ordered, so plan and act can never follow different rules.
 *
 * @throws {InvalidInputError | NotFoundError | AlreadyExistsError} when the request itself makes no sense.
 */
export function createPlanOperation({
  db,
  agents,
  clock,
  findBlackouts,
  wakeSender,
}: {
  db: Storage;
  agents: Pick<AgentGateway, 'isAddressAllowed'>;
  clock: Clock;
  findBlackouts: FindBlackouts;
  wakeSender: WakeSender;
}): PlanOperation {
  const planners: { readonly [TAction in OrderedAction]: Planner<TAction> } = {
    DEPLOY_IMAGE: deployImage,
    CREATE_IMAGE: createImage,
    PARTITION_AND_FORMAT: partitionAndFormat,
    RUN_SCRIPT: runScript,
    SOFTWARE_INVENTORY: softwareInventory,
    HARDWARE_INVENTORY: hardwareInventory,
    DELETE_CACHED_IMAGE: deleteCachedImage,
    POWER_ON: createPowerOnPlanner(wakeSender),
    POWER_OFF: powerOff,
    REBOOT: reboot,
    START_SESSION: startSession,
  };

  return async ({ order, target, whenBusy, onBlackout }, tx = db) => {
    const planner = planners[order.action] as Planner<OrderedAction>;
    planner.check(order);
    const clients = await findTargetClients(tx, target);
    const planFor = await planner.prepare(tx, order, clients);
    const busy = await findBusy(tx, clients);
    const blackouts = !isDisturbing(order.action)
      ? new Map<string, never>()
      : await findBlackouts(
          tx,
          clients.map(({ roomId }) => roomId),
          clock.now(),
        );
    // What is true of all of them now, or is received by all of them together, can wait for nothing.
    const isAtOnce = planner.isAtOnce?.(order) === true;
    const policy = isAtOnce && onBlackout === 'HOLD' ? 'REFUSE' : onBlackout;
    const needs = {
      ...planner.needs(order),
      whenBusy: isAtOnce ? ('REFUSE' as const) : whenBusy,
    };
    return toPlan(
      clients.map((client): PlannedClient => {
        const { reasons: own, input } = planFor(client);
        const blackout = blackouts.get(client.roomId);
        const reasons: Reason[] = [
          ...assessClient(
            {
              status: client.status,
              maintenance: client.maintenance,
              hasActiveTrace: busy.active.has(client.id),
              hasForcedTrace: busy.forced.has(client.id),
              isAddressAllowed: agents.isAddressAllowed(client.ip),
              hasAgentSecret: client.installedSecret !== null,
            },
            needs,
          ),
          ...own,
          ...(blackout === undefined
            ? []
            : [reason(BLACKOUT_REASONS[policy], { name: blackout.name, until: blackout.until.toISOString() })]),
        ];
        const readiness = readinessOf(reasons);
        const isHeld = blackout !== undefined && policy === 'HOLD';
        return {
          clientId: client.id,
          readiness,
          reasons,
          order:
            readiness === 'BLOCKED' || input === null
              ? null
              : {
                  agentIp: client.ip,
                  roomId: client.roomId,
                  input,
                  isForced: needs.isForced,
                  waitsFor: reasons.some(({ code }) => code === 'WILL_WAIT_FOR_JOB')
                    ? 'EARLIER_JOB'
                    : isHeld
                      ? 'BLACKOUT'
                      : null,
                },
        };
      }),
    );
  };
}

const BLACKOUT_REASONS = {
  REFUSE: 'IN_BLACKOUT',
  HOLD: 'HELD_BY_BLACKOUT',
  OVERRIDE: 'BLACKOUT_OVERRIDDEN',
} as const;

async function findBusy(
  tx: Transaction,
  clients: readonly TargetClient[],
): Promise<{ active: ReadonlySet<string>; forced: ReadonlySet<string> }> {
  const traces = await tx.trace.findMany({
    where: { clientId: { in: clients.map(({ id }) => id) }, status: { in: [...ACTIVE_STATUSES] } },
    select: { clientId: true, forced: true },
  });
  const idsOf = (isForced: boolean) =>
    new Set(traces.filter(({ forced }) => forced === isForced).map(({ clientId }) => clientId));
  return { active: idsOf(false), forced: idsOf(true) };
}
