import { parseArgs } from 'node:util';
import { createLogger } from '#lib/logger.ts';
import { buildApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';

const USAGE = `ogGraph: the GraphQL control plane for OpenGnsys.

  npm start                 runs the server (settings: the README's table)
  npm start -- --demo       with the walkthrough's scenario and a simulated room of agents to play with
  npm start -- --scenario   with the walkthrough's scenario only, for agents of your own at its addresses
  npm start -- --restored   once, after the database was put back from a backup: nothing that it was about to do is done
`;

function fail(message: string, code = 1): never {
  console.error(message);
  process.exit(code);
}

function readArguments(): { demo: boolean; scenario: boolean; restored: boolean; help: boolean } {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({ options: { demo: flag, scenario: flag, restored: flag, help: flag } }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, 2);
  }
}

function readEnvironment(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return fail(error.message, 2);
    throw error;
  }
}

const args = readArguments();
if (args.help) {
  console.log(USAGE);
  process.exit(0);
}
const config = readEnvironment();
const log = createLogger(config.logLevel);

try {
  // The demo's code is loaded only when it is asked for: the server itself knows nothing of it.
  const app = args.demo
    ? await (await import('#demo/start-playground.ts')).startPlayground(config, log)
    : await buildApp(config, { log, restored: args.restored });
  if (args.scenario) await (await import('#demo/scenario.ts')).loadScenario(app.database.prisma);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal sends its signal to the launcher too, which passes it on: one is enough.
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      app.stop().then(
        () => {
          log.info('stopped');
          // The schema engine of the start leaves a timer behind that nobody waits for.
          process.exit(0);
        },
        (error: unknown) => {
          log.fatal({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
  const { host, port } = await app.start();
  const address = `http://${host}:${port}`;
  log.info(`ogGraph answers at ${address}/graphql (open it in a browser for GraphiQL)`);
  log.info(`agents report to ${config.publicUrl ?? address}/opengnsys/rest`);
} catch (error) {
  if (error instanceof Error && 'code' in error) fail(`ogGraph cannot start: ${error.message}`);
  log.fatal({ err: error }, 'ogGraph cannot start');
  process.exit(1);
}
