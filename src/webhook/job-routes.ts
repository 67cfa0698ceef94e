import type { AgentDialects } from '#agent/dialect.ts';
import type { ReceiveClientReport } from '#domain/inventory/receive-client-report.ts';
import type { ReceiveJobReport } from '#domain/tracing/receive-job-report.ts';
import { readClientHints, textOf } from './agent-body.ts';
import { answer } from './agent-route.ts';
import type { AgentRoute, NamedRoute } from './agent-route.ts';
import { parseJobReport } from './parse-job-report.ts';

/**
 * How agents tell of their jobs: the status webhook; the paths that have the function's name in them, as ogLive's module forms it; and the
 * traces of version 2.
 */
export function createJobRoutes({
  receiveJobReport,
  receiveClientReport,
  dialects,
}: {
  receiveJobReport: ReceiveJobReport;
  receiveClientReport: ReceiveClientReport;
  dialects: AgentDialects;
}): NamedRoute[] {
  const receive: AgentRoute = async (body, sender) => {
    // Not a job: a machine that was woken says that it came up.
    if (/^(RESPUESTA_)?Arrancar$/.test(textOf(body, 'nfn') ?? '')) {
      const client = await receiveClientReport(readClientHints(body, sender), { kind: 'oglive-ready' });
      return answer({ outcome: client === null ? 'kept' : 'applied' });
    }
    return answer({ outcome: await receiveJobReport(parseJobReport(body, sender, dialects)) });
  };
  const { functions, answerPrefix, kill } = dialects.standard;
  const byName = [...Object.values(functions), kill, 'Arrancar'].map((name): NamedRoute => [
    `ogAdmClient/${answerPrefix}${name}`,
    async (body, sender) => {
      const { body: reply } = await receive({ nfn: `${answerPrefix}${name}`, ...body }, sender);
      return answer({ res: 1, ...(reply as object) });
    },
  ]);
  return [['clients/status/webhook', receive], ...byName, ['api/private/traces', receive], ['traces', receive]];
}
