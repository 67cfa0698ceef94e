import { readStatusWord } from '#agent/dialect.ts';
import type { AgentDialects } from '#agent/dialect.ts';
import type { ReceiveClientReport } from '#domain/inventory/receive-client-report.ts';
import { UnreadableReportError, readClientHints, textOf } from './agent-body.ts';
import { acknowledge } from './agent-route.ts';
import type { AgentRoute, NamedRoute } from './agent-route.ts';
import { parseDiskLayout } from './parse-disk-layout.ts';

/** What agents of version 2 tell of their machines: in which state they are, and what disks they have. */
export function createWebConsoleRoutes({
  receiveClientReport,
  dialects,
}: {
  receiveClientReport: ReceiveClientReport;
  dialects: AgentDialects;
}): NamedRoute[] {
  const takeStatus: AgentRoute = async (body, sender) => {
    const status = readStatusWord(dialects, textOf(body, 'status') ?? '');
    if (status === null) throw new UnreadableReportError('status is no state that is known');
    return acknowledge(await receiveClientReport(readClientHints(body, sender), { kind: 'status-told', status }));
  };
  const takeConfig: AgentRoute = async (body, sender) => {
    const layout = parseDiskLayout(body['config'] ?? body['cfg'] ?? body);
    if (layout === null) throw new UnreadableReportError('config cannot be read');
    return acknowledge(await receiveClientReport(readClientHints(body, sender), { kind: 'layout-told', layout }));
  };
  return [
    ['clients/statuses', takeStatus],
    ['api/private/clients/statuses', takeStatus],
    ['clients/configs', takeConfig],
    ['api/private/clients/configs', takeConfig],
    // The first to run on ogLive, of 2020, called it so.
    ['ogagent/config', takeConfig],
  ];
}
