import type { ReceiveClientReport, ReportedClient } from '#domain/inventory/receive-client-report.ts';
import type { ReceiveJobReport } from '#domain/tracing/receive-job-report.ts';
import { UnreadableReportError, readClientHints, textOf } from './agent-body.ts';
import type { AgentBody } from './agent-body.ts';
import { parseDiskLayout } from './parse-disk-layout.ts';
import { parseJobReport } from './parse-job-report.ts';

/** What an agent is answered: agents of all ages read JSON, and nothing but 200 as success. */
export interface AgentAnswer {
  status: 200 | 400;
  body: unknown;
}

export type AgentRoute = (body: AgentBody, sender: string) => Promise<AgentAnswer>;

const AN_UNKNOWN_MACHINE: AgentAnswer = { status: 400, body: { message: 'this machine is not registered' } };

/**
 * The routes under `/opengnsys/rest/` that agents already installed call, by the path after it. Each stores what it is told
 * before it answers; a route that throws has stored nothing.
 */
export function createAgentRoutes({
  receiveJobReport,
  receiveClientReport,
}: {
  receiveJobReport: ReceiveJobReport;
  receiveClientReport: ReceiveClientReport;
}): ReadonlyMap<string, AgentRoute> {
  return new Map<string, AgentRoute>([
    [
      'ogAdmClient/InclusionCliente',
      async (body, sender) => {
        const news = {
          kind: 'oglive-started',
          agentVersion: readAgentVersion(body),
          layout: parseDiskLayout(body['cfg']),
        } as const;
        const client = await receiveClientReport(readClientHints(body, sender), news);
        return { status: 200, body: client === null ? { res: 0 } : toInclusionReply(client) };
      },
    ],
    [
      'ogAdmClient/DisponibilidadComandos',
      async (body, sender) => {
        if (textOf(body, 'tpc') !== 'OPG') throw new UnreadableReportError('tpc is not OPG');
        const client = await receiveClientReport(readClientHints(body, sender), { kind: 'oglive-ready' });
        return { status: 200, body: { res: client === null ? 0 : 1 } };
      },
    ],
    [
      'clients/status/webhook',
      async (body, sender) => ({
        status: 200,
        body: { outcome: await receiveJobReport(parseJobReport(body, sender)) },
      }),
    ],
    [
      'ogagent/started',
      async (body, sender) => {
        const news = {
          kind: 'system-started',
          osType: textOf(body, 'ostype') ?? '',
          agentVersion: readAgentVersion(body),
        } as const;
        return acknowledge(await receiveClientReport(readClientHints(body, sender), news));
      },
    ],
    [
      'ogagent/stopped',
      async (body, sender) =>
        acknowledge(await receiveClientReport(readClientHints(body, sender), { kind: 'system-stopped' })),
    ],
    [
      'ogagent/loggedin',
      async (body, sender) =>
        acknowledge(
          await receiveClientReport(readClientHints(body, sender), {
            kind: 'logged-in',
            osType: textOf(body, 'ostype') ?? '',
          }),
        ),
    ],
    [
      'ogagent/loggedout',
      async (body, sender) =>
        acknowledge(await receiveClientReport(readClientHints(body, sender), { kind: 'logged-out' })),
    ],
  ]);
}

function readAgentVersion(body: AgentBody): string | null {
  return textOf(body, 'agent_version', 100);
}

/** Agents in an installed system expect an empty JSON string. */
function acknowledge(client: ReportedClient | null): AgentAnswer {
  return client === null ? AN_UNKNOWN_MACHINE : { status: 200, body: '' };
}

/** What ogLive's agent is told of itself: its id, name, cache, autoexec (none), room and center. */
function toInclusionReply({ id, name, roomId, centerId, hasCache }: ReportedClient): object {
  return { res: 1, ido: id, npc: name, che: hasCache ? 1 : 0, exe: 0, ida: roomId, idc: centerId };
}
