import type { Transaction } from '#domain/storage.ts';
import type { ClientNeeds } from './client-rules.ts';
import type { OrderOf, OrderedAction } from './operation-order.ts';
import type { TargetClient } from './operation-target.ts';
import type { Reason } from './reasons.ts';
import type { TraceInput } from './trace-input.ts';

/** What one action would mean for one client, apart from what that client is doing. */
export interface ClientPlan {
  reasons: readonly Reason[];
  /** What its agent would be told; null where the reasons keep it from being told anything. */
  input: TraceInput | null;
}

/** How one action is planned. */
export interface Planner<TAction extends OrderedAction> {
  /** @throws {InvalidInputError} for what makes no sense whoever it is for. */
  check(order: OrderOf<TAction>): void;
  needs(order: OrderOf<TAction>): Pick<ClientNeeds, 'state' | 'isForced'>;
  /**
   * None of its clients can wait behind a job: they must do it at one time, or what was planned holds only for the disks as they are now.
   */
  isAtOnce?(order: OrderOf<TAction>): boolean;
  /**
   * Reads what the plan depends on, in a number of statements that does not grow with the clients.
   *
   * @throws {NotFoundError} for what there is not.
   */
  prepare(
    tx: Transaction,
    order: OrderOf<TAction>,
    clients: readonly TargetClient[],
  ): Promise<(client: TargetClient) => ClientPlan>;
}
