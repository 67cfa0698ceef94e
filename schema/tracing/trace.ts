import { traceErrorMessage, traceStatusLabel } from '#domain/messages.ts';
import { parseTraceInput } from '#domain/operations/trace-input.ts';
import type { TraceErrorCode } from '#domain/tracing/trace-machine.ts';
import { isFinal } from '#domain/tracing/trace-status.ts';
import type { TraceWait } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { bySequence } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { TraceInputUnion, isTold } from './trace-input.ts';
import { traceLists } from './trace-order.ts';
import { ActionEnum, TraceStatusEnum } from './trace-status.ts';

const ERROR_DESCRIPTIONS: Record<TraceErrorCode, string> = {
  AGENT_UNREACHABLE: 'No connection to the agent could be made. Nothing was sent.',
  AGENT_TLS_REJECTED: 'The agent’s certificate is not signed by the configured authority. Nothing was sent.',
  AGENT_CERTIFICATE_CHANGED: 'The agent shows another certificate than before. Nothing was sent.',
  AGENT_ADDRESS_NOT_ALLOWED: 'The address lies outside `AGENT_NETWORKS`. Nothing was sent.',
  AGENT_METHOD_UNSUPPORTED: 'The agent has no such transfer method. Nothing was sent.',
  AGENT_SECRET_UNKNOWN: 'The secret of the installed system’s agent is not known, or not any more. Nothing was sent.',
  ORDER_OUTDATED:
    'What was true when it was accepted was not any more when its turn came: the message says what. Nothing was sent.',
  AGENT_REFUSED: 'The agent said no. Nothing ran.',
  ENGINE_FAILED: 'The cloning engine failed on the client; `engineCode` is its own number for it.',
  AGENT_RESTARTED: 'The machine restarted with the job in hand.',
  AGENT_FORGOT_JOB: 'The agent, asked, did not know the job any more.',
  AGENT_SILENT: 'The agent was silent beyond the limit.',
  AGENT_DID_NOT_ACT: 'The agent said that it would, and the machine is still as it was.',
  PACKET_NOT_SENT: 'The packet that switches the machine on could not be sent from this server.',
  REPOSITORY_UNREACHABLE: 'No connection to the repository could be made. Nothing was sent.',
  REPOSITORY_REFUSED: 'The repository said no. Nothing was done.',
  JOB_KILLED: 'The job was stopped on the machine without anybody having asked for it here.',
  WAVES_STOPPED: 'Too many clients of earlier waves had failed. Nothing was sent.',
  DATABASE_RESTORED:
    'The database was put back from a backup made before the order was sent, if it was: it is not sent again.',
  TRANSFER_FAILED: 'The repository did not send what the client was to receive; the job was stopped.',
  STARTED_OTHERWISE: 'The machine started something else than it was told to.',
};

const TraceErrorCodeEnum = builder.enumType('TraceErrorCode', {
  description: 'Why a job failed, or why its outcome is not known.',
  values: describeValues(ERROR_DESCRIPTIONS),
});

const WAIT_DESCRIPTIONS: Record<TraceWait, string> = {
  EARLIER_JOB: 'En cola: another job of the client goes before.',
  WAVE: 'Oleada: its wave has not gone yet.',
  BLACKOUT: 'The room is not to be disturbed now.',
  REPOSITORY_LIMIT: 'The repository serves as many clients at once as it may.',
  ROOM_LIMIT: 'As many clients of the room have a job in hand as may.',
};

const TraceWaitEnum = builder.enumType('TraceWait', {
  description: 'Why an order that was accepted is not sent yet.',
  values: describeValues(WAIT_DESCRIPTIONS),
});

interface TraceErrorShape {
  code: TraceErrorCode;
  engineCode: number | null;
  detail: string;
}

const TraceErrorType = builder.objectRef<TraceErrorShape>('TraceError').implement({
  description: 'What went wrong with a job.',
  fields: (t) => ({
    code: t.expose('code', { type: TraceErrorCodeEnum, description: 'What went wrong, for programs.' }),
    engineCode: t.exposeInt('engineCode', {
      nullable: true,
      description:
        'The cloning engine’s own number, such as 30 for an image larger than its partition; null where it gave none.',
    }),
    message: t.string({
      description:
        'What went wrong, for people, in the language of `Accept-Language`; the agent’s own words as they are.',
      resolve: ({ code, detail }, _args, { locale }) => traceErrorMessage(code, detail, locale),
    }),
  }),
});

builder.prismaNode('Trace', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Traza (Trace): one client’s part of an operation, one job of one agent, from the order to its end. Permission: read.',
  fields: (t) => ({
    action: t.expose('action', { type: ActionEnum, description: 'Acción: what the job does.' }),
    status: t.expose('status', { type: TraceStatusEnum, description: 'Estado: how far the job has come.' }),
    statusLabel: t.string({
      select: { status: true },
      description: 'The state in words, in the language of `Accept-Language`: «Finalizado con éxito».',
      resolve: ({ status }, _args, { locale }) => traceStatusLabel(status, locale),
    }),
    progress: t.exposeInt('progress', {
      description: 'Progreso: 0 to 100 percent, as the agent reports it. It never goes back.',
    }),
    phase: t.string({
      nullable: true,
      description: 'What the agent is at, in its own words; null where it does not say. Agents known so far do not.',
      resolve: () => null,
    }),
    jobId: t.exposeString('jobId', {
      nullable: true,
      description: 'Name the agent gave the job, such as `RestaurarImagen-dfa42888`; null until it has answered.',
    }),
    wave: t.exposeInt('wave', {
      description: 'Oleada: which wave of its operation it goes with, from 0; 0 where there are none.',
    }),
    waitsFor: t.field({
      type: TraceWaitEnum,
      nullable: true,
      select: { status: true, waitsFor: true },
      // What was cancelled while it waited keeps on record for what it did.
      resolve: ({ status, waitsFor }) => (isFinal(status) ? null : waitsFor),
      description: 'Why its turn has not come; null once it may be sent, or is over.',
    }),
    retryOf: t.relation('retryOf', {
      nullable: true,
      description: 'Traza (Trace) that it tries again; null where it is a first try.',
    }),
    viewerCanCancel: t.boolean({
      select: { status: true },
      description: 'Whether `cancelTrace` could be asked for it: it has not ended.',
      resolve: ({ status }) => !isFinal(status),
    }),
    client: t.relation('client', { description: 'Cliente (Client) the job runs on.' }),
    operation: t.relation('operation', { description: 'Operación (Operation) it is part of.' }),
    input: t.field({
      type: TraceInputUnion,
      nullable: true,
      select: { action: true, input: true },
      description: 'With what it was ordered; null for an action that is told nothing but whom it is for.',
      resolve: ({ action, input: stored }) => {
        const input = parseTraceInput(action, stored);
        return isTold(input) ? input : null;
      },
    }),
    output: t.exposeString('output', {
      nullable: true,
      description: 'What the job printed; null where the agent sent nothing.',
    }),
    error: t.field({
      type: TraceErrorType,
      nullable: true,
      select: { errorCode: true, errorEngineCode: true, errorMessage: true },
      description: 'What went wrong; null while nothing has.',
      resolve: ({ errorCode, errorEngineCode, errorMessage }) =>
        errorCode === null
          ? null
          : { code: errorCode as TraceErrorCode, engineCode: errorEngineCode, detail: errorMessage ?? '' },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was recorded.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the agent was first known to be at it; null until then.',
    }),
    lastHeardAt: t.expose('lastHeardAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the agent last said something of it; null until it has.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null until then.',
    }),
    events: listRelated(t, 'events', {
      model: 'Event',
      order: bySequence,
      description: 'Everything that happened to it, oldest first.',
    }),
  }),
});

builder.queryFields((t) => ({
  traces: listRows(t, {
    model: 'Trace',
    ...traceLists(t),
    description: 'Trazas (Traces), newest first: what the bell of ogGui shows. Permission: read.',
  }),
  trace: rowById(t, 'Trace', 'trace'),
}));
