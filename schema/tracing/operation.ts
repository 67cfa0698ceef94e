import DataLoader from 'dataloader';
import { countWaves } from '#domain/operations/count-waves.ts';
import { readOverrideReason } from '#domain/operations/order-operation.ts';
import { needsApproval, parseWaves } from '#domain/operations/waves.ts';
import type { Waves } from '#domain/operations/waves.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import { summarizeOperations } from '#domain/tracing/operation-summary.ts';
import type { OperationStatus, OperationSummary } from '#domain/tracing/operation-summary.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { oldestFirst } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { operationLists } from './operation-filter.ts';
import { traceLists } from './trace-order.ts';
import { ActionEnum, TraceStatusEnum } from './trace-status.ts';

const STATUS_DESCRIPTIONS: Record<OperationStatus, string> = {
  PENDING: 'Pendiente: no agent was called yet.',
  RUNNING: 'En curso: some traces have not ended.',
  SUCCEEDED: 'Finalizada con éxito: all traces succeeded.',
  COMPLETED_WITH_ERRORS: 'Finalizada con errores: some traces succeeded and others did not.',
  FAILED: 'Fallida: no trace succeeded.',
  CANCELLED: 'Cancelada: all traces were cancelled.',
};

const OperationStatusEnum = builder.enumType('OperationStatus', {
  description: 'Estado de una operación (Operation), from the states of its traces.',
  values: describeValues(STATUS_DESCRIPTIONS),
});

const TraceCountType = builder.objectRef<OperationSummary['counts'][number]>('TraceCount').implement({
  description: 'How many traces are in one state.',
  fields: (t) => ({
    status: t.expose('status', { type: TraceStatusEnum, description: 'The state.' }),
    count: t.exposeInt('count', { description: 'Number of traces in it, at least 1.' }),
  }),
});

interface WaveState {
  operationId: string;
  waves: Waves;
  openWave: number;
  approvedWave: number;
  finishedAt: Date | null;
}

const waveCounts = batchByRequest(async (context, ids: readonly string[]) => countWaves(databaseOf(context), ids));

const OperationWavesType = builder.objectRef<WaveState>('OperationWaves').implement({
  description: 'How far an operation has come that goes out in waves.',
  fields: (t) => ({
    current: t.exposeInt('openWave', { description: 'The newest wave that was let go, from 0.' }),
    count: t.int({
      description: 'How many waves there are.',
      resolve: async ({ operationId }, _args, context) => (await waveCounts(context, operationId)).total,
    }),
    stopAfterFailures: t.int({
      nullable: true,
      description: 'How many failures stop it; null: however many.',
      resolve: ({ waves }) => waves.stopAfterFailures,
    }),
    awaitsApproval: t.boolean({
      description: 'Whether the next wave goes as soon as somebody says so (`approveWave`), and not before.',
      resolve: async ({ operationId, waves, openWave, approvedWave }, _args, context) => {
        const { waiting, active } = await waveCounts(context, operationId);
        return waiting > 0 && active === 0 && needsApproval(waves, openWave + 1) && approvedWave <= openWave;
      },
    }),
  }),
});

const summaries = new WeakMap<Context, DataLoader<string, OperationSummary>>();

/** Summaries of all operations of one request together. Not cached: a subscription's context outlives what it counts. */
function summaryOf(context: Context, operationId: string): Promise<OperationSummary> {
  let loader = summaries.get(context);
  if (loader === undefined) {
    loader = new DataLoader((ids) => summarizeOperations(databaseOf(context), ids), { cache: false });
    summaries.set(context, loader);
  }
  return loader.load(operationId);
}

builder.prismaNode('Operation', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Operación (Operation): one request of a person or a program, over one or many clients. Permission: read.',
  fields: (t) => ({
    action: t.expose('action', { type: ActionEnum, description: 'Acción: what was asked for.' }),
    status: t.field({
      type: OperationStatusEnum,
      description: 'Estado: how it stands, from its traces.',
      resolve: async ({ id }, _args, context) => (await summaryOf(context, id)).status,
    }),
    requestedBy: t.exposeString('requestedBy', { description: 'Who asked for it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its last trace ended; null while any has not.',
    }),
    progress: t.int({
      description: 'Share of the work done, 0 to 100 percent; a trace that ended counts whole, whatever its end.',
      resolve: async ({ id }, _args, context) => (await summaryOf(context, id)).progress,
    }),
    counts: t.field({
      type: [TraceCountType],
      description: 'How many of its traces are in each state; states that none is in are left out.',
      resolve: async ({ id }, _args, context) => [...(await summaryOf(context, id)).counts],
    }),
    waves: t.field({
      type: OperationWavesType,
      nullable: true,
      select: { waves: true, openWave: true, approvedWave: true, id: true, finishedAt: true },
      description: 'Oleadas: how far it has come; null where all clients were told at once.',
      resolve: ({ id, waves: stored, ...state }) => {
        const waves = parseWaves(stored);
        return waves === null ? null : { operationId: id, waves, ...state };
      },
    }),
    overrideReason: t.string({
      nullable: true,
      select: { input: true },
      description: 'Why a class was disturbed by it; null where none was.',
      resolve: ({ input }) => readOverrideReason(input),
    }),
    cancelledAt: t.expose('cancelledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody asked for all of it to be cancelled; null where nobody has.',
    }),
    viewerCanCancel: t.boolean({
      select: { finishedAt: true },
      description: 'Whether `cancelOperation` could be asked for it: some of its traces have not ended.',
      resolve: ({ finishedAt }) => finishedAt === null,
    }),
    scheduleRun: t.relation('scheduleRun', {
      nullable: true,
      description:
        'Ejecución programada (ScheduleRun) that ordered it, as `requestedBy`; null where somebody ordered it himself.',
    }),
    retryOf: t.relation('retryOf', {
      nullable: true,
      description: 'Operación (Operation) whose clients it tries again; null for a first try.',
    }),
    retries: listRelated(t, 'retries', {
      model: 'Operation',
      ...operationLists(t),
      description: 'Operaciones (Operations) that try clients of this one again, newest first.',
    }),
    multicastSessions: listRelated(t, 'sessions', {
      model: 'MulticastSession',
      order: oldestFirst,
      description: 'Sesiones multicast: the streams that its clients receive together, oldest first.',
    }),
    traces: listRelated(t, 'traces', {
      model: 'Trace',
      ...traceLists(t, oldestFirst),
      description: 'Trazas (Traces): one for each client it was ordered for.',
    }),
    cursor: t.string({
      select: { startSeq: true },
      description: 'Subscribing after this cursor replays the operation from its first event.',
      resolve: ({ startSeq }, _args, { services }) => formatCursor({ epoch: services.epoch, seq: startSeq }),
    }),
  }),
});

builder.queryFields((t) => ({
  operations: listRows(t, {
    model: 'Operation',
    ...operationLists(t),
    description: 'Operaciones (Operations), newest first. Permission: read.',
  }),
  operation: rowById(t, 'Operation', 'operation'),
}));
