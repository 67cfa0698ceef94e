import { z } from 'zod';
import { DEFAULT_DIALECTS, readAction } from '#agent/dialect.ts';
import type { ClientNews } from '#domain/inventory/receive-client-report.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import { UnreadableReportError } from '#webhook/agent-body.ts';
import type { AgentBody } from '#webhook/agent-body.ts';
import { layoutSchema, toDiskLayout } from './signed-layout.ts';

/** Longest text kept of a job. */
const MAX_OUTPUT_LENGTH = 500_000;
const MAX_LOG_LENGTH = 64 * 1024;

const output = z.string().max(MAX_OUTPUT_LENGTH).nullish();
const message = z.string().max(1000);
const environment = z.enum(['OGLIVE', 'LINUX', 'WINDOWS', 'MACOS']);
const user = z.string().max(200).nullish();
const agentVersion = z.string().max(100).nullish();
const bytes = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,18}$/)]).transform(BigInt);

const jobEvent = {
  job: z.string().min(1).max(200),
  seq: z.int().min(1).max(2_147_483_647),
};

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job.progress'), ...jobEvent, data: z.object({ percent: z.number().min(0).max(100) }) }),
  z.object({ type: z.literal('job.log'), ...jobEvent, data: z.object({ text: z.string().max(MAX_LOG_LENGTH) }) }),
  z.object({
    type: z.literal('job.finished'),
    ...jobEvent,
    data: z.object({ output, dataSizeBytes: bytes.nullish(), layout: layoutSchema.nullish() }).optional().default({}),
  }),
  z.object({
    type: z.literal('job.failed'),
    ...jobEvent,
    data: z.object({
      code: z.int().min(0).max(9999).nullish(),
      message,
      output,
      layout: layoutSchema.nullish(),
    }),
  }),
  z.object({ type: z.literal('job.killed'), ...jobEvent }),
  z.object({ type: z.literal('job.not_killed'), ...jobEvent, data: z.object({ message }) }),
  z.object({
    type: z.literal('client.started'),
    data: z.object({ environment, agentVersion, layout: layoutSchema.nullish() }),
  }),
  z.object({ type: z.literal('client.ready') }),
  z.object({ type: z.literal('client.stopped') }),
  z.object({
    type: z.literal('client.loggedin'),
    data: z.object({ environment: environment.exclude(['OGLIVE']), user }),
  }),
  z.object({ type: z.literal('client.loggedout'), data: z.object({ user }).optional().default({}) }),
  z.object({ type: z.literal('client.layout'), data: z.object({ layout: layoutSchema }) }),
]);

type Event = z.output<typeof eventSchema>;
type JobEvent = Extract<Event, { job: string }>;

/** What a signed report says: of a job, with its number, or of the machine. */
export type ParsedEvent =
  | { about: 'job'; number: number; report: Omit<JobReport, 'client'> }
  | { about: 'client'; news: ClientNews };

/** @throws {UnreadableReportError} naming the first field that is not as it must be. */
export function parseAgentEvent(body: AgentBody): ParsedEvent {
  const parsed = eventSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UnreadableReportError(
      `${issue?.path.join('.') || 'type'}: ${issue?.message ?? 'is not known'}`.slice(0, 200),
    );
  }
  const event = parsed.data;
  return 'job' in event
    ? { about: 'job', number: event.seq, report: toJobReport(event, body) }
    : { about: 'client', news: toClientNews(event) };
}

/** Whether a stored body is of this shape, and not of the older one. */
export function isAgentEvent(body: AgentBody): boolean {
  return typeof body['type'] === 'string' && typeof body['job'] === 'string' && body['job_id'] === undefined;
}

function toJobReport(event: JobEvent, body: AgentBody): Omit<JobReport, 'client'> {
  const data = 'data' in event ? event.data : {};
  return {
    jobId: event.job,
    isNamed: true,
    orderNumber: null,
    traceId: null,
    action: readAction(DEFAULT_DIALECTS, event.job),
    news: toNews(event),
    output: ('output' in data && data.output?.replaceAll('\0', ' ')) || null,
    outputFile: null,
    dataSizeBytes: ('dataSizeBytes' in data ? data.dataSizeBytes : null) ?? null,
    layout: 'layout' in data && data.layout ? toDiskLayout(data.layout) : null,
    body,
  };
}

function toNews(event: JobEvent): JobReport['news'] {
  switch (event.type) {
    case 'job.progress':
      return { kind: 'progress', percent: Math.trunc(event.data.percent) };
    case 'job.log':
      return { kind: 'log', text: event.data.text };
    case 'job.finished':
      return { kind: 'succeeded' };
    case 'job.failed':
      return { kind: 'failed', engineCode: event.data.code ?? null, message: event.data.message };
    case 'job.killed':
      return { kind: 'killed' };
    case 'job.not_killed':
      return { kind: 'not-killed', message: event.data.message };
  }
}

function toClientNews(event: Exclude<Event, JobEvent>): ClientNews {
  switch (event.type) {
    case 'client.started': {
      const { environment: system, layout } = event.data;
      const version = event.data.agentVersion ?? null;
      return system === 'OGLIVE'
        ? { kind: 'oglive-started', agentVersion: version, layout: layout ? toDiskLayout(layout) : null }
        : { kind: 'system-started', osType: system, agentVersion: version, secret: undefined };
    }
    case 'client.ready':
      return { kind: 'oglive-ready' };
    case 'client.stopped':
      return { kind: 'system-stopped' };
    case 'client.loggedin':
      return { kind: 'logged-in', osType: event.data.environment, user: toUser(event.data.user) };
    case 'client.loggedout':
      return { kind: 'logged-out', user: toUser(event.data.user) };
    case 'client.layout':
      return { kind: 'layout-told', layout: toDiskLayout(event.data.layout) };
  }
}

function toUser(user: string | null | undefined): string | null {
  return user?.replaceAll('\0', '').trim() || null;
}
