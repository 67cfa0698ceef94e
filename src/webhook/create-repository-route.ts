import type { ParseRepositoryReport } from '#domain/imaging/image-jobs.ts';
import type { ReceiveRepositoryReport } from '#domain/imaging/receive-repository-report.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { UnreadableReportError } from './agent-body.ts';
import type { AgentBody } from './agent-body.ts';

/** What a repository is answered, once its report is stored. A route that throws has stored nothing. */
export type RepositoryRoute = (body: AgentBody, sender: string) => Promise<{ outcome: string }>;

/** The route by which repositories tell how a job has ended. */
export function createRepositoryRoute({
  parseReport,
  receiveReport,
}: {
  parseReport: ParseRepositoryReport;
  receiveReport: ReceiveRepositoryReport;
}): RepositoryRoute {
  return async (body, sender) => {
    const report = parseReport(body);
    if (report === null) throw new UnreadableReportError('job_id is missing');
    return { outcome: await receiveReport({ ...report, sender, body: body as Prisma.InputJsonObject }) };
  };
}
