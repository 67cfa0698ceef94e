// Brings the database of an OpenGnsys 1.1 server into ours: npm run import -- <dump> [options]. See docs/moving-in.md.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '#config.ts';
import type { Config } from '#config.ts';
import type { Database } from '#db/database.ts';
import { applyMigrations } from '#db/migrations.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';
import { openPostgresql } from '#db/open-postgresql.ts';
import { ImportError } from '#import/errors.ts';
import { formatReport } from '#import/format-report.ts';
import { importDump, readDumpFile } from '#import/import-dump.ts';
import { errorSentence } from '#import/sentences.ts';
import { createProgressDisplay } from '#import/show-progress.ts';
import { LOCALES, parseAcceptLanguage } from '#lib/locale.ts';
import type { Locale } from '#lib/locale.ts';
import { createLogger } from '#lib/logger.ts';

const USAGE: Record<Locale, string> = {
  es: `Trae a ogGraph la base de datos de un servidor OpenGnsys 1.1 (ver docs/moving-in.md).

  npm run import -- <volcado> [opciones]      volcado de mysqldump: .sql, .sql.gz, o - para la entrada estándar

  --dry-run              dice lo que haría y no escribe nada
  --report <fichero>     escribe además el informe completo en JSON
  --source-name <nombre> nombre de la instalación de la que viene (por omisión, su base de datos y servidor)
  --database <nombre>    la que se trae, donde el volcado tiene varias
  --again-deleted        trae de nuevo lo que ya se trajo y se ha borrado aquí
  --language <es|en>     idioma de los mensajes

La base de datos de ogGraph es la de DATA_DIR o DATABASE_URL, como para npm start.`,
  en: `Brings the database of an OpenGnsys 1.1 server into ogGraph (see docs/moving-in.md).

  npm run import -- <dump> [options]          a dump of mysqldump: .sql, .sql.gz, or - for standard input

  --dry-run              tells what it would do and writes nothing
  --report <file>        also writes the whole report as JSON
  --source-name <name>   name of the installation it comes from (by default its database and server)
  --database <name>      which one to bring where the dump holds several
  --again-deleted        brings again what was brought before and deleted here since
  --language <es|en>     language of the messages

The database of ogGraph is that of DATA_DIR or DATABASE_URL, as for npm start.`,
};
const SOURCE_NAME = /^[\w.@:-]{1,100}$/;

const environmentLocale = parseAcceptLanguage(
  // «es_ES.UTF-8»: only the first two letters count.
  process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'],
);
const args = readArguments();
if (args.help) {
  console.log(USAGE[args.locale]);
  process.exit(0);
}
const config = readEnvironment();
const progress = createProgressDisplay(process.stderr, args.locale);
try {
  await run();
} catch (error) {
  progress.end();
  if (error instanceof ImportError) fail(errorSentence(error.code, error.params, args.locale));
  // Those with a code are ours or the system's, and explain themselves.
  if (error instanceof Error && 'code' in error) fail(error.message);
  console.error(error);
  process.exit(1);
}
// The schema engine of the start leaves a timer behind that nobody waits for.
process.exit(0);

async function run(): Promise<void> {
  // Before anything of ours is opened: a wrong file is to touch nothing. Nor is a report to fail when all is written.
  if (args.report !== undefined) writeFileSync(fromCaller(args.report), '');
  const dump = await readDumpFile(args.path, args.database, progress.show);
  const database = await openDatabase();
  try {
    if (database !== null && !args.dryRun) await applyMigrations(database.adapter);
    const report = await importDump(database?.prisma ?? null, { ...args, dump, onProgress: progress.show });
    progress.end();
    if (args.report !== undefined) writeFileSync(fromCaller(args.report), `${JSON.stringify(report, null, 2)}\n`);
    console.log(formatReport(report, args.locale));
  } finally {
    await database?.close();
  }
}

/** Null where there is none yet and a trial is not to make one. */
async function openDatabase(): Promise<Database | null> {
  if (config.databaseUrl !== null) return openPostgresql(config.databaseUrl, createLogger(config.logLevel));
  if (args.dryRun && !existsSync(join(config.dataDirectory, 'postgres'))) return null;
  return openEmbeddedDatabase({ directory: config.dataDirectory });
}

interface Arguments {
  path: string;
  dryRun: boolean;
  againDeleted: boolean;
  report: string | undefined;
  sourceName: string | undefined;
  database: string | undefined;
  help: boolean;
  locale: Locale;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        'again-deleted': { type: 'boolean', default: false },
        report: { type: 'string' },
        'source-name': { type: 'string' },
        database: { type: 'string' },
        language: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const locale = LOCALES.find((known) => known === values.language) ?? environmentLocale;
    const [path, ...others] = positionals;
    const sourceName = values['source-name'];
    const isRight =
      (values.help || (path !== undefined && others.length === 0)) &&
      (values.language === undefined || locale === values.language) &&
      (sourceName === undefined || SOURCE_NAME.test(sourceName));
    if (!isRight) fail(USAGE[locale], 2);
    return {
      path: path === undefined || path === '-' ? '-' : fromCaller(path),
      dryRun: values['dry-run'],
      againDeleted: values['again-deleted'],
      report: values.report,
      sourceName,
      database: values.database,
      help: values.help,
      locale,
    };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE[environmentLocale]}`, 2);
  }
}

/** npm runs scripts in the project's folder, and paths are meant from where npm was called. */
function fromCaller(path: string): string {
  return resolve(process.env['INIT_CWD'] || '.', path);
}

function readEnvironment(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return fail(error.message, 2);
    throw error;
  }
}

function fail(message: string, code = 1): never {
  console.error(message);
  process.exit(code);
}
