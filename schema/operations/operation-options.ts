import type { InputFieldMap } from '@pothos/core';
import type { OperationOptions } from '#domain/operations/accept-operation.ts';
import type { OperationRequest } from '#domain/operations/order-operation.ts';
import type { WAVE_APPROVALS, Waves } from '#domain/operations/waves.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { isGiven } from '#schema/ids.ts';

type Types = (typeof builder)['$inferSchemaTypes'];
export type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

export const BlockedPolicyEnum = builder.enumType('BlockedPolicy', {
  description: 'What to do when some clients of the target are blocked.',
  values: {
    REJECT_ALL: { description: 'Order nothing; answer with the blocked clients and their reasons.' },
    SKIP_BLOCKED: { description: 'Order it for the others; refused only when all are blocked.' },
  },
});

export const BusyPolicyEnum = builder.enumType('BusyPolicy', {
  description: 'What becomes of a client that has a job in hand.',
  values: {
    REFUSE: { description: 'It is blocked: nothing is ordered twice by accident.' },
    QUEUE: { description: 'En cola: the order waits until the jobs before it have ended, and then goes by itself.' },
  },
});

export const BlackoutPolicyEnum = builder.enumType('BlackoutPolicy', {
  description: 'What becomes of a client whose room is not to be disturbed now.',
  values: {
    REFUSE: {
      description:
        'It is blocked; and an order that was waiting when a class began is not sent, but FAILED (`ORDER_OUTDATED`).',
    },
    HOLD: {
      description:
        'The order waits until the room may be disturbed again. What several receive together cannot wait: a wave of it waits whole, and what was let go already is FAILED (`ORDER_OUTDATED`).',
    },
    OVERRIDE: { description: 'It goes nevertheless; `overrideReason` says why, and is kept with the operation.' },
  },
});

const APPROVAL_DESCRIPTIONS: Record<(typeof WAVE_APPROVALS)[number], string> = {
  NONE: 'None: each wave goes when the one before it has ended.',
  AFTER_FIRST: 'Before the second wave: once the first has shown that it works.',
  BETWEEN_WAVES: 'Before each wave but the first.',
};

const WaveApprovalEnum = builder.enumType('WaveApproval', {
  description: 'Before which waves somebody has to say that it may go on (`approveWave`).',
  values: describeValues(APPROVAL_DESCRIPTIONS),
});

const WavesInput = builder.inputType('WavesInput', {
  description:
    'Oleadas: how an operation reaches its clients by and by, in the order of their names. A wave goes when every job of those before it has ended.',
  fields: (t) => ({
    first: t.int({ required: true, description: 'Clients of the first wave, from 1.' }),
    // oxlint-disable-next-line unicorn/no-thenable -- nobody awaits an input, and the word is the contract's
    then: t.int({ description: 'Clients of each wave after it, from 1; as many as the first when left out.' }),
    rest: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether the third wave is all that are left.',
    }),
    stopAfterFailures: t.int({
      description:
        'How many clients that fail, or are lost, stop it: the rest is CANCELLED. However many when left out.',
    }),
    approve: t.field({
      type: WaveApprovalEnum,
      required: true,
      defaultValue: 'NONE',
      description: 'Before which waves somebody has to say that it may go on.',
    }),
  }),
});

/** What the fields of {@link operationOptions} are given as. */
export interface GivenOptions {
  onBlocked: OperationOptions['onBlocked'];
  whenBusy: OperationRequest['whenBusy'];
  onBlackout: OperationRequest['onBlackout'];
  overrideReason?: string | null | undefined;
  waves?: typeof WavesInput.$inferInput | null | undefined;
  planToken?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  waitForAgentsMs?: number | null | undefined;
}

/** What every mutation can be told that makes machines do something. */
export function operationOptions(t: InputBuilder): InputFieldMap {
  return {
    onBlocked: t.field({
      type: BlockedPolicyEnum,
      required: true,
      defaultValue: 'REJECT_ALL',
      description: 'What to do when some clients are blocked.',
    }),
    whenBusy: t.field({
      type: BusyPolicyEnum,
      required: true,
      defaultValue: 'REFUSE',
      description: 'What becomes of clients with a job in hand.',
    }),
    onBlackout: t.field({
      type: BlackoutPolicyEnum,
      required: true,
      defaultValue: 'REFUSE',
      description: 'What becomes of clients whose room is not to be disturbed now.',
    }),
    overrideReason: t.string({ description: 'Why a class is disturbed, 1 to 500 characters; needed with OVERRIDE.' }),
    waves: t.field({ type: WavesInput, description: 'Oleadas; all clients are told at once when left out.' }),
    planToken: t.string({
      description: 'Token of a plan: refuse with PlanOutdatedError if anything it was made of has changed since.',
    }),
    idempotencyKey: t.string({
      description:
        'Any text of 1 to 255 characters that stands for this request: sent again, it is answered with the same operation.',
    }),
    waitForAgentsMs: t.int({
      defaultValue: 5000,
      description:
        'How long to wait for the agents’ answers, in milliseconds, 0 to 60000. Nothing is lost if they take longer.',
    }),
  };
}

export function readOperationOptions(
  input: GivenOptions,
): Omit<OperationRequest, 'order' | 'target' | 'retryOf' | 'identity'> {
  const { waves } = input;
  return {
    onBlocked: input.onBlocked,
    whenBusy: input.whenBusy,
    onBlackout: input.onBlackout,
    overrideReason: input.overrideReason ?? null,
    waves: isGiven(waves) ? readWaves(waves) : null,
    planToken: input.planToken ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
    waitForAgentsMs: input.waitForAgentsMs ?? 5000,
  };
}

function readWaves({ first, then: each, rest, stopAfterFailures, approve }: typeof WavesInput.$inferInput): Waves {
  return { first, each: each ?? null, rest, stopAfterFailures: stopAfterFailures ?? null, approve };
}
