import type { AgentCall, CallAgent } from './call-agent.ts';
import { CheckFailedError } from './check.ts';
import type { Checklist } from './check.ts';
import type { HeardReport, ReportListener } from './listen-for-reports.ts';

interface Checked {
  list: Checklist;
  call: CallAgent;
  reports: ReportListener;
  /** How long to wait for what the agent reports. */
  patienceMs: number;
}

const SCRIPT = 'EjecutarScript';
const JOB_ID = /^EjecutarScript-[0-9a-f]{8}$/;
const MARK = 'agent-check';
/** What is run on the machine: it says a word and waits, and touches nothing. */
const SHORT = `echo ${MARK}\nsleep 5\n`;
const LONG = `echo ${MARK}\nsleep 600\n`;

/** Exercises an agent that is idle in ogLive against what the server relies on. */
export async function runChecks({ list, call, reports, patienceMs }: Checked): Promise<void> {
  const { check } = list;
  await check('status lists the jobs', async () => {
    const jobs = readJobs(await call('status', {}));
    if (jobs.length > 0) throw new CheckFailedError(`it has work in hand (${jobs.join(', ')}): check an idle agent`);
    return { detail: 'none in hand', value: jobs };
  });
  await check('bad JSON is refused', async () => expectError(await call(SCRIPT, '{"nfn": "EjecutarScript", ')));
  await check('an unknown function is refused', async () => expectError(await call('NoSuchFunction', order(SHORT))));

  const jobId = await check('an order is accepted', async () => readJobId(await call(SCRIPT, order(SHORT))));
  await check('job_id is <function>-<8 hex>', async () => {
    if (jobId === null) throw new CheckFailedError('not tried: there is no job');
    if (!JOB_ID.test(jobId)) throw new CheckFailedError(`it is ${JSON.stringify(jobId)}`);
    return { detail: jobId, value: jobId };
  });
  await check('busy: a second order is refused', async () => {
    if (jobId === null) throw new CheckFailedError('not tried: there is no job');
    return expectBusy(await call(SCRIPT, order(SHORT)));
  });
  await check('the job is reported to its end', async () => {
    if (jobId === null) throw new CheckFailedError('not tried: there is no job');
    const { news, output } = await reports.until(`that ${jobId} has ended`, isEndOf(jobId), patienceMs);
    if (news.kind !== 'succeeded') throw new CheckFailedError(`the report says: ${JSON.stringify(news)}`);
    const log = reports.of(jobId).map((report) => (report.news.kind === 'log' ? report.news.text : ''));
    if (!`${log.join('')}${output ?? ''}`.includes(MARK)) throw new CheckFailedError('what it printed is not reported');
    return { detail: `${reports.of(jobId).length} reports, and what it printed`, value: null };
  });

  const victim = await check('it is free again', async () => readJobId(await call(SCRIPT, order(LONG))));
  await check('job_ids differ', async () => {
    if (victim === null || jobId === null) throw new CheckFailedError('not tried: there is no job');
    if (victim === jobId) throw new CheckFailedError(`two jobs are named ${victim}`);
    return { detail: `${jobId}, ${victim}`, value: null };
  });
  await check('status names the job in hand', async () => {
    if (victim === null) throw new CheckFailedError('not tried: there is no job');
    const jobs = readJobs(await call('status', {}));
    if (!jobs.includes(victim)) throw new CheckFailedError(`it lists ${jobs.join(', ') || 'none'}`);
    return { detail: victim, value: null };
  });
  await check('KillJob of no job is refused', async () =>
    expectError(await call('KillJob', kill('EjecutarScript-00000000'))),
  );
  const agreed = await check('KillJob is agreed to', async () => {
    if (victim === null) throw new CheckFailedError('not tried: there is no job');
    const answer = await call('KillJob', kill(victim));
    const { job_id: named, stopped } = asObject(answer);
    if (answer.status !== 200 || (named ?? stopped) === undefined) throw new CheckFailedError(describe(answer));
    return { detail: 'agreed', value: true };
  });
  await check('the killed job is reported', async () => {
    if (victim === null || agreed === null) throw new CheckFailedError('not tried: nothing was killed');
    const { news } = await reports.until(`that ${victim} was killed`, isEndOf(victim), patienceMs);
    if (news.kind !== 'killed') throw new CheckFailedError(`the report says: ${JSON.stringify(news)}`);
    return { detail: 'killed', value: null };
  });
  await check('nothing is in hand any more', async () => {
    const jobs = readJobs(await call('status', {}));
    if (jobs.length > 0) throw new CheckFailedError(`it lists ${jobs.join(', ')}`);
    return { detail: 'none in hand', value: null };
  });
  await check('the server could read it all', async () => {
    const [problem] = [...reports.problems, ...findBadNumbers([jobId, victim], reports)];
    if (problem !== undefined) throw new CheckFailedError(problem);
    return { detail: 'every report', value: null };
  });
}

/** Of an agent that signs: ids are its events’ own, and numbers grow. */
function findBadNumbers(jobIds: readonly (string | null)[], reports: ReportListener): string[] {
  const signed = jobIds.flatMap((id) => (id === null ? [] : [reports.of(id).flatMap((report) => report.signed ?? [])]));
  const problems: string[] = [];
  const numbersById = new Map<string, number>();
  for (const list of signed) {
    let last = 0;
    for (const { id, number } of list) {
      const known = numbersById.get(id);
      if (known === number) continue; // Sent again, as it should be where it got no answer.
      if (known !== undefined) problems.push(`two events have the id ${id}`);
      if (number <= last) problems.push(`seq ${number} came after ${last}`);
      numbersById.set(id, number);
      last = number;
    }
  }
  return problems;
}

function isEndOf(jobId: string): (report: HeardReport) => boolean {
  return (report) => report.jobId === jobId && report.news.kind !== 'progress' && report.news.kind !== 'log';
}

function order(script: string): object {
  return { scp: encodeURIComponent(script), nfn: SCRIPT, ids: '0' };
}

function kill(jobId: string): object {
  return { job_id: jobId, nfn: 'KillJob', ids: '0' };
}

function readJobId(answer: AgentCall): { detail: string; value: string } {
  const { job_id: jobId } = asObject(answer);
  if (answer.status !== 200 || typeof jobId !== 'string' || jobId === '') throw new CheckFailedError(describe(answer));
  return { detail: jobId, value: jobId };
}

function readJobs(answer: AgentCall): string[] {
  const { jobs } = asObject(answer);
  const ids = Array.isArray(jobs)
    ? jobs.map((job: unknown) => (typeof job === 'string' ? job : (job as { job_id?: unknown } | null)?.job_id))
    : null;
  if (answer.status !== 200 || ids === null || !ids.every((id) => typeof id === 'string')) {
    throw new CheckFailedError(`${describe(answer)}: 200 with jobs: [{job_id}] was expected`);
  }
  return ids;
}

function expectError(answer: AgentCall): { detail: string; value: null } {
  const { error } = asObject(answer);
  if (answer.status !== 500 || typeof error !== 'string' || error === '') {
    throw new CheckFailedError(`${describe(answer)}: 500 with error: text was expected`);
  }
  return { detail: `500 ${JSON.stringify(error)}`, value: null };
}

/** An error, or null where a job would have its name, with a message. */
function expectBusy(answer: AgentCall): { detail: string; value: null } {
  const { job_id: jobId, message } = asObject(answer);
  if (answer.status === 200 && jobId === null && typeof message === 'string') {
    return { detail: `200 null ${JSON.stringify(message)}`, value: null };
  }
  return expectError(answer);
}

function asObject({ body }: AgentCall): Record<string, unknown> {
  return body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
}

function describe({ status, text }: AgentCall): string {
  return `it answered ${status} ${text}`;
}
