// Writes prisma/migrations/<time>_<name>/migration.sql: the step from the migrations there are to prisma/schema as it
// stands. The scratch database it needs is an embedded one in memory; nothing is downloaded and nothing else is touched.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diffAgainstMigrations } from '#db/migrations.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';

const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]{3,60}$/.test(name)) {
  console.error('Usage: npm run migration -- <name>      (name: lower-case letters, digits and underscores)');
  process.exit(2);
}

const scratch = await openEmbeddedDatabase({});
const sql = await diffAgainstMigrations(scratch.adapter);
await scratch.close();

if (sql === '') {
  console.log('The migrations already say what prisma/schema says: nothing to write.');
} else {
  const migrations = join(import.meta.dirname, '..', 'prisma', 'migrations');
  const stamp = new Date().toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  const directory = join(migrations, `${stamp}_${name}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'migration.sql'), `${sql}\n`);
  console.log(`Wrote ${directory}/migration.sql. Read it before you commit it: it runs on every installation.`);
}
