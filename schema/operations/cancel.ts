import {
  AgentUnreachableError,
  AlreadyFinishedError,
  CancelRefusedError,
  InvalidInputError,
  NotFoundError,
} from '#domain/errors.ts';
import { CANCELLING } from '#domain/operations/await-cancels.ts';
import type { CancelledTrace } from '#domain/operations/await-cancels.ts';
import type { CancelOutcome } from '#domain/operations/cancel-trace.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';
import type { InputBuilder } from './operation-options.ts';

const OUTCOME_DESCRIPTIONS: Record<CancelOutcomeName, string> = {
  CANCELLED: 'Cancelado: nothing was sent, or the job is dead.',
  CANCELLING: 'Cancelando: its agent was asked, or will be; the trace says what comes of it.',
  ALREADY_FINISHED: 'It had ended before.',
  AGENT_UNREACHABLE: 'Its agent could not be asked: it goes on.',
  REFUSED: 'It cannot be stopped, or its agent will not: it goes on.',
};

type CancelOutcomeName = 'CANCELLED' | 'CANCELLING' | 'ALREADY_FINISHED' | 'AGENT_UNREACHABLE' | 'REFUSED';

const OUTCOME_NAMES: Record<CancelOutcome['outcome'], CancelOutcomeName> = {
  cancelled: 'CANCELLED',
  cancelling: 'CANCELLING',
  'already-finished': 'ALREADY_FINISHED',
  unreachable: 'AGENT_UNREACHABLE',
  refused: 'REFUSED',
};

const CancelOutcomeEnum = builder.enumType('CancelOutcome', {
  description: 'What became of the wish that a job should end.',
  values: describeValues(OUTCOME_DESCRIPTIONS),
});

const MAX_WAIT_MS = 60_000;

const waitField = (t: InputBuilder) =>
  t.int({
    required: true,
    defaultValue: 5000,
    description:
      'How long to wait for the agents to say that the jobs are dead, in milliseconds, 0 to 60000. What is not known by then stays CANCELLING.',
  });

function checkWait(waitForAgentsMs: number): void {
  if (waitForAgentsMs >= 0 && waitForAgentsMs <= MAX_WAIT_MS) return;
  throw new InvalidInputError(['input', 'waitForAgentsMs'], 'OUT_OF_RANGE', { min: 0, max: MAX_WAIT_MS });
}

const CancelTraceInput = builder.inputType('CancelTraceInput', {
  description: 'Which job should end.',
  fields: (t) => ({
    traceId: t.id({ required: true, description: 'Traza (Trace) of the job.' }),
    waitForAgentsMs: waitField(t),
  }),
});

const CancelTracePayload = builder.objectRef<{ traceId: string }>('CancelTracePayload').implement({
  description: 'The job is cancelled, or its agent was asked to stop it: `trace.status` says which.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    trace: t.prismaField({
      type: 'Trace',
      description: 'Traza (Trace) of the job, as it is now.',
      resolve: (query, { traceId }, _args, context) =>
        databaseOf(context).trace.findUniqueOrThrow({ ...query, where: { id: traceId } }),
    }),
  }),
});

builder.mutationField('cancelTrace', (t) =>
  t.field({
    type: CancelTracePayload,
    args: { input: t.arg({ type: CancelTraceInput, required: true, description: 'Which job should end.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError, AlreadyFinishedError, AgentUnreachableError, CancelRefusedError],
      union: { name: 'CancelTraceResult', description: 'The cancelled job, or why it goes on, or was over.' },
    },
    description:
      'Cancelar: ends one job. At once where its order was not sent; else its agent is asked, and the trace is CANCELLING until it is known that the job is dead. A machine whose job was killed may be left with a partition that nobody can read. Permission: operate.',
    resolve: async (_root, { input }, context) => {
      const { services } = context;
      checkWait(input.waitForAgentsMs);
      const path = ['input', 'traceId'];
      const traceId = requireId(input.traceId, 'Trace', path);
      const trace = await databaseOf(context).trace.findUnique({
        where: { id: traceId },
        select: { operationId: true },
      });
      if (trace === null) throw new NotFoundError(path, 'Trace');
      const begun = { traceId, ...(await services.beginCancel(traceId)) };
      const [{ result } = { result: CANCELLING }] = await services.awaitCancels(trace.operationId, [begun], input);
      switch (result.outcome) {
        case 'already-finished':
          throw new AlreadyFinishedError(path, traceId);
        case 'unreachable':
          throw new AgentUnreachableError(path, traceId, result.message);
        case 'refused':
          throw new CancelRefusedError(path, traceId, result.message);
        case 'cancelling':
        case 'cancelled':
          return { traceId };
      }
    },
  }),
);

const CancelOperationInput = builder.inputType('CancelOperationInput', {
  description: 'Which operation should end.',
  fields: (t) => ({
    operationId: t.id({ required: true, description: 'Operación (Operation) to cancel.' }),
    waitForAgentsMs: waitField(t),
  }),
});

const CancelledTraceType = builder.objectRef<CancelledTrace>('CancelledTrace').implement({
  description: 'What became of one job of an operation that was cancelled.',
  fields: (t) => ({
    trace: t.prismaField({
      type: 'Trace',
      description: 'Traza (Trace) of the job, as it is now.',
      resolve: (query, { traceId }, _args, context) =>
        databaseOf(context).trace.findUniqueOrThrow({ ...query, where: { id: traceId } }),
    }),
    outcome: t.field({
      type: CancelOutcomeEnum,
      description: 'What came of asking.',
      resolve: ({ result }) => OUTCOME_NAMES[result.outcome],
    }),
  }),
});

const CancelOperationPayload = builder
  .objectRef<{ operationId: string; results: readonly CancelledTrace[] }>('CancelOperationPayload')
  .implement({
    description: 'What became of every job of the operation that had not ended.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      operation: t.prismaField({
        type: 'Operation',
        description: 'Operación (Operation), as it is now.',
        resolve: (query, { operationId }, _args, context) =>
          databaseOf(context).operation.findUniqueOrThrow({ ...query, where: { id: operationId } }),
      }),
      results: t.field({
        type: [CancelledTraceType],
        description: 'One line for each trace that had not ended, at most 5000; empty where all had.',
        resolve: ({ results }) => [...results],
      }),
    }),
  });

builder.mutationField('cancelOperation', (t) =>
  t.field({
    type: CancelOperationPayload,
    args: { input: t.arg({ type: CancelOperationInput, required: true, description: 'Which operation should end.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError],
      union: { name: 'CancelOperationResult', description: 'What became of its jobs, or why nothing was done.' },
    },
    description:
      'Cancelar: ends all of an operation that has not ended. What was not sent is CANCELLED at once, waves that have not gone never go, and the agents of the others are asked to stop. Said again, it asks again. Permission: operate.',
    resolve: (_root, { input }, { services }) => {
      checkWait(input.waitForAgentsMs);
      return services.cancelOperation(requireId(input.operationId, 'Operation', ['input', 'operationId']), {
        waitForAgentsMs: input.waitForAgentsMs,
      });
    },
  }),
);

const ApproveWaveInput = builder.inputType('ApproveWaveInput', {
  description: 'Which wave of which operation may go.',
  fields: (t) => ({
    operationId: t.id({ required: true, description: 'Operación (Operation) in waves.' }),
    wave: t.int({
      required: true,
      description:
        'The wave, from 1: the one after `Operation.waves.current`. Named, so that a double click does not approve of two.',
    }),
  }),
});

const ApproveWavePayload = builder.objectRef<{ operationId: string }>('ApproveWavePayload').implement({
  description: 'The wave goes, or will when those before it have ended.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    operation: t.prismaField({
      type: 'Operation',
      description: 'Operación (Operation), as it is now.',
      resolve: (query, { operationId }, _args, context) =>
        databaseOf(context).operation.findUniqueOrThrow({ ...query, where: { id: operationId } }),
    }),
  }),
});

builder.mutationField('approveWave', (t) =>
  t.field({
    type: ApproveWavePayload,
    args: { input: t.arg({ type: ApproveWaveInput, required: true, description: 'Which wave may go.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError],
      union: { name: 'ApproveWaveResult', description: 'The operation, or why its wave cannot be approved of.' },
    },
    description:
      'Aprobar oleada: says that the next wave of an operation may go. Said twice, it changes nothing. Permission: operate.',
    resolve: async (_root, { input }, { services }) => {
      const operationId = requireId(input.operationId, 'Operation', ['input', 'operationId']);
      await services.approveWave(operationId, input.wave);
      return { operationId };
    },
  }),
);
