// `npm run demo`: the walkthrough's deployment from start to end, on an embedded database that is gone afterwards.
import { readConfig } from '#config.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';
import { createLogger } from '#lib/logger.ts';
import { createGraphqlClient } from './graphql-client.ts';
import { createScreen } from './screen.ts';
import { startPlayground } from './start-playground.ts';
import { playWalkthrough } from './walkthrough.ts';

const screen = createScreen(process.stdout);
const started = performance.now();

screen.say('Opening an embedded database, the scenario, the server and a simulated room of ogAgents …');
// Nothing of the surroundings is used: the demo runs beside a server that is already there, and touches no data of it.
const config = { ...readConfig({}), port: 0 };
const playground = await startPlayground(config, createLogger('silent', { pretty: false }), {
  database: await openEmbeddedDatabase({}),
});
try {
  const { host, port } = await playground.start();
  const url = `http://${host}:${port}/graphql`;
  screen.done(`the server answers at ${url}`);
  const client = createGraphqlClient(url, screen.document);
  try {
    await playWalkthrough({ client, room: playground.room, screen });
  } finally {
    client.close();
  }
  screen.step(`Hecho en ${((performance.now() - started) / 1000).toFixed(1)} s`);
  screen.say('To play with it yourself: npm start -- --demo, open GraphiQL, and paste any of the documents above.');
} catch (error) {
  screen.failed(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await playground.stop();
}
