import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobReport } from '#domain/tracing/job-report.ts';
import { parseAgentBody } from '#webhook/agent-body.ts';
import { parseJobReport } from '#webhook/parse-job-report.ts';
import { parseAgentEvent } from '#webhook/signed/parse-agent-event.ts';
import { SIGNED_PATH } from '#webhook/signed/take-signed-event.ts';
import { clockOffset, isFresh, isSignedWith } from '#webhook/signed/verify-signature.ts';
import { AGENT_REST } from '#webhook/take-agent-report.ts';
import { CheckFailedError } from './check.ts';

/** A report of a job, as the server itself would read it. */
export interface HeardReport {
  jobId: string;
  news: JobReport['news'];
  output: string | null;
  /** Its place among the reports of its job, and its id, where the agent signs. */
  signed: { number: number; id: string } | null;
}

export interface ReportListener {
  url: string;
  /** Everything that was heard of a job. */
  of: (jobId: string) => readonly HeardReport[];
  /** What was heard and cannot be read, or is not signed as it must be. */
  problems: readonly string[];
  /** Resolves at the first report that fits, be it one heard already. @throws {CheckFailedError} when none comes. */
  until: (what: string, fits: (report: HeardReport) => boolean, timeoutMs: number) => Promise<HeardReport>;
  close: () => Promise<void>;
}

const STATUS_ROUTE = `${AGENT_REST}clients/status/webhook`;
const MAX_BODY_BYTES = 1024 * 1024;

/** Takes the server's place: hears what agents report, and answers as the server does. */
export async function listenForReports(host: string, port: number, secret: Uint8Array | null): Promise<ReportListener> {
  const heard: HeardReport[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();

  const server = createServer((request, response) => {
    void (async () => {
      let answer: { status: number; body: unknown } = { status: 200, body: { res: 1, outcome: 'applied' } };
      const path = (request.url ?? '').split('?', 1)[0] ?? '';
      try {
        const report = read(request, path, await readBytes(request), secret);
        if (report !== null) heard.push(report);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        problems.push(`${path}: ${message}`);
        answer = { status: 400, body: { message } };
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      for (const look of waiting) look();
    })();
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;

  return {
    url: `http://${address.address}:${address.port}`,
    problems,
    of: (jobId) => heard.filter((report) => report.jobId === jobId),
    until: (what, fits, timeoutMs) =>
      new Promise((resolve, reject) => {
        const done = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          const found = heard.find(fits);
          if (found !== undefined) done(() => resolve(found));
        };
        const timer = setTimeout(() => {
          const unread = problems.length === 0 ? '' : `; heard but not understood: ${problems.at(-1)}`;
          done(() => reject(new CheckFailedError(`no report ${what} within ${timeoutMs / 1000} s${unread}`)));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A report of a job; null for what is said of the machine. @throws {Error} for what the server would refuse. */
function read(
  request: IncomingMessage,
  path: string,
  bytes: Uint8Array,
  secret: Uint8Array | null,
): HeardReport | null {
  if (path === SIGNED_PATH) return readSigned(request, bytes, secret);
  if (!path.startsWith(AGENT_REST)) throw new CheckFailedError('there is no such route');
  const body = parseAgentBody(bytes);
  if (path !== STATUS_ROUTE) return null;
  if (secret !== null) throw new CheckFailedError(`a report of a job must be signed, and sent to ${SIGNED_PATH}`);
  const { jobId, news, output } = parseJobReport(body, '');
  return { jobId, news, output, signed: null };
}

function readSigned({ headers }: IncomingMessage, bytes: Uint8Array, secret: Uint8Array | null): HeardReport | null {
  if (secret === null) throw new CheckFailedError('to look at signed reports, give the secret by --secret');
  const header = (name: string) => [headers[name] ?? []].flat()[0] ?? '';
  const [id, timestamp, signature] = [header('webhook-id'), header('webhook-timestamp'), header('webhook-signature')];
  if (id === '' || header('webhook-client') === '') throw new CheckFailedError('webhook-id or -client is missing');
  if (!isFresh(clockOffset(timestamp, new Date()))) {
    throw new CheckFailedError('webhook-timestamp is more than five minutes off');
  }
  if (!isSignedWith(secret, { id, timestamp, signature }, bytes)) throw new CheckFailedError('the signature is wrong');
  const event = parseAgentEvent(parseAgentBody(bytes));
  if (event.about === 'client') return null;
  const { jobId, news, output } = event.report;
  return { jobId, news, output, signed: { number: event.number, id } };
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new CheckFailedError('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
