import type { ReceiveJobReport } from '#domain/tracing/receive-job-report.ts';
import type { Logger } from '#lib/logger.ts';
import type { AgentRoute } from './agent-route.ts';
import { createInstalledSystemRoutes } from './installed-system-routes.ts';
import { createJobRoutes } from './job-routes.ts';
import type { NoteFailure } from './note-failure.ts';
import { createOgLiveRoutes } from './oglive-routes.ts';
import type { OgLiveCollaborators } from './oglive-routes.ts';
import { createWebConsoleRoutes } from './web-console-routes.ts';

/**
 * The routes under `/opengnsys/rest/` that agents already installed call, by the path after it (docs/agent-routes.md). Each stores what it
 * is told before it answers; a route that throws has stored nothing.
 */
export function createAgentRoutes(
  collaborators: OgLiveCollaborators & { receiveJobReport: ReceiveJobReport; noteFailure: NoteFailure; log: Logger },
): ReadonlyMap<string, AgentRoute> {
  return new Map<string, AgentRoute>([
    ...createOgLiveRoutes(collaborators),
    ...createJobRoutes(collaborators),
    ...createInstalledSystemRoutes(collaborators),
    ...createWebConsoleRoutes(collaborators),
  ]);
}
