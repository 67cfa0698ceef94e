import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSimulator } from './create-simulator.ts';
import type { Simulator } from './create-simulator.ts';
import { USAGE, parseCommandLine } from './parse-command-line.ts';
import type { CommandLine } from './parse-command-line.ts';
import { runConsoleCommand } from './run-console-command.ts';

const EXIT_FAILED = 1;
const EXIT_MISUSED = 2;
/** A little more than a report may take. */
const PATIENCE_MS = 6000;

const commandLine = readCommandLine();
if (commandLine?.help === true) console.log(USAGE);
else if (commandLine !== null) await run(commandLine);

function readCommandLine(): CommandLine | null {
  try {
    return parseCommandLine(process.argv.slice(2));
  } catch (error) {
    console.error(`simulator: ${messageOf(error).split('\n')[0]} (see --help)`);
    process.exitCode = EXIT_MISUSED;
    return null;
  }
}

async function run({ boot, ...options }: CommandLine): Promise<void> {
  let simulator: Simulator;
  try {
    simulator = await createSimulator({ ...options, log: (line) => console.log(line) });
  } catch (error) {
    console.error(`simulator: ${messageOf(error)}`);
    process.exitCode = EXIT_FAILED;
    return;
  }
  const lines = createInterface({ input: process.stdin });
  const quit = () => {
    lines.close();
    process.stdin.destroy();
    void simulator.stop();
  };
  // npm passes on a Ctrl-C that the terminal has sent us already: the second one must not kill us halfway.
  process.on('SIGINT', quit);
  process.on('SIGTERM', quit);
  console.log(
    `${simulator.agents.size} agents listen on ${simulator.host}:${simulator.port} and report to ${options.serverUrl}`,
  );
  console.log(`certificate SHA-256 ${simulator.certificateSha256}`);
  if (simulator.repository !== null) console.log(`ogRepository listens on ${simulator.repository.url}`);
  console.log('Start the server with');
  console.log(`AGENT_CONNECT_TO=${simulator.connectTo}`);
  if (simulator.repository !== null) console.log(`REPOSITORY_CONNECT_TO=${simulator.repository.connectTo}`);

  if (boot) void answer(simulator, 'boot all');
  // Without a console (its end is reached at once) the simulator goes on until it gets a signal.
  for await (const line of lines) {
    if (line.trim() === 'quit') return quit();
    // In turn, so that a script may log in after a restart; but a PC that waits for the server does not hold up the console.
    await Promise.race([answer(simulator, line), sleep(PATIENCE_MS, undefined, { ref: false })]);
  }
}

async function answer(simulator: Simulator, line: string): Promise<void> {
  try {
    const text = await runConsoleCommand(simulator, line);
    if (text !== '') console.log(text);
  } catch (error) {
    console.log(`error: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
