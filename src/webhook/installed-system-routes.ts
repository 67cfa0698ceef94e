import type { ClientNews, ReceiveClientReport } from '#domain/inventory/receive-client-report.ts';
import type { Logger } from '#lib/logger.ts';
import { readClientHints, textOf } from './agent-body.ts';
import { acknowledge, answer, readAgentVersion } from './agent-route.ts';
import type { NamedRoute } from './agent-route.ts';
import type { NoteFailure } from './note-failure.ts';

/** What the agent of an installed system tells: that it starts and stops, who is there, and what became of what it was asked. */
export function createInstalledSystemRoutes({
  receiveClientReport,
  noteFailure,
  log,
}: {
  receiveClientReport: ReceiveClientReport;
  noteFailure: NoteFailure;
  log: Logger;
}): NamedRoute[] {
  return [
    [
      'ogagent/started',
      async (body, sender) => {
        const osType = textOf(body, 'ostype') ?? '';
        const agentVersion = readAgentVersion(body);
        const news: ClientNews =
          // The same agent, where it was put on ogLive.
          osType.toLowerCase() === 'oglive'
            ? { kind: 'oglive-started', agentVersion, layout: null }
            : { kind: 'system-started', osType, agentVersion, secret: textOf(body, 'secret', 200) };
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
      async (body, sender) => {
        const news = {
          kind: 'logged-in',
          osType: textOf(body, 'ostype') ?? '',
          user: textOf(body, 'user', 200),
        } as const;
        return acknowledge(await receiveClientReport(readClientHints(body, sender), news));
      },
    ],
    [
      'ogagent/loggedout',
      async (body, sender) =>
        acknowledge(
          await receiveClientReport(readClientHints(body, sender), {
            kind: 'logged-out',
            user: textOf(body, 'user', 200),
          }),
        ),
    ],
    [
      'error',
      async (body, sender) => {
        noteFailure(sender, textOf(body, 'error') ?? '');
        return answer('');
      },
    ],
    [
      'popup_done',
      async (_body, sender) => {
        log.debug({ sender }, 'a message was shown');
        return answer('');
      },
    ],
  ];
}
