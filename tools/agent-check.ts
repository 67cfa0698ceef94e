// Exercises an agent against what the server relies on: npm run agent-check -- <url>. See docs/agent-protocol.md.
import { parseArgs } from 'node:util';
import { createCallAgent } from './agent-check/call-agent.ts';
import { createChecklist, formatResult } from './agent-check/check.ts';
import { listenForReports } from './agent-check/listen-for-reports.ts';
import { runChecks } from './agent-check/run-checks.ts';

const USAGE = `Exercises an idle agent in ogLive against docs/agent-protocol.md. It is told to run two scripts that say a word and wait.

  npm run agent-check -- https://192.168.2.3:8000 [options]

  --listen <address:port>  where the agent reports to, in the server's place (0.0.0.0:4000); the server must not be there
  --host <address:port>    what the agent is asked by, where that is not the address it is reached at
  --secret <whsec_…>       the agent signs: its reports must come to /webhooks/agent, signed with this
  --patience <seconds>     how long to wait for what the agent reports (60)

Ends with 0 where all is well, 1 where something is not, 2 where it was called wrongly.`;

const options = readOptions();
if (options === null) {
  process.exitCode = 2;
} else if (options.help) {
  console.log(USAGE);
} else {
  process.exitCode = await run(options);
}

interface Options {
  help: boolean;
  url: string;
  listen: { host: string; port: number };
  host: string | undefined;
  secret: Uint8Array | null;
  patienceMs: number;
}

async function run({ url, listen, host, secret, patienceMs }: Options): Promise<number> {
  const reports = await listenForReports(listen.host, listen.port, secret).catch((error: unknown) => {
    console.error(`agent-check: cannot listen on ${listen.host}:${listen.port}: ${String(error)}`);
    return null;
  });
  if (reports === null) return 2;
  console.log(`The agent has to report to ${reports.url}`);
  const call = createCallAgent(url, host);
  const list = createChecklist((result) => {
    console.log(formatResult(result));
  });
  try {
    await runChecks({ list, call, reports, patienceMs });
  } finally {
    await call.close();
    await reports.close();
  }
  const failed = list.results.filter(({ passed }) => !passed).length;
  console.log(failed === 0 ? 'All is well.' : `${failed} of ${list.results.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

function readOptions(): Options | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        listen: { type: 'string', default: '0.0.0.0:4000' },
        host: { type: 'string' },
        secret: { type: 'string' },
        patience: { type: 'string', default: '60' },
      },
    });
    const [url = ''] = positionals;
    if (!values.help && (positionals.length !== 1 || !/^https?:\/\/[^/]+\/?$/.test(url) || !URL.canParse(url))) {
      throw new Error('give the agent’s address, such as https://192.168.2.3:8000');
    }
    const [, listenHost, port] = /^([\d.]+):(\d{1,5})$/.exec(values.listen) ?? [];
    if (listenHost === undefined) throw new Error('--listen is an address and a port');
    const seconds = Number(values.patience);
    if (!(seconds > 0 && seconds <= 3600)) throw new Error('--patience is a number of seconds, at most 3600');
    return {
      help: values.help,
      url,
      listen: { host: listenHost, port: Number(port) },
      host: values.host,
      secret: values.secret === undefined ? null : Buffer.from(values.secret.replace(/^whsec_/, ''), 'base64'),
      patienceMs: seconds * 1000,
    };
  } catch (error) {
    console.error(`agent-check: ${error instanceof Error ? error.message : String(error)} (see --help)`);
    return null;
  }
}
