// The launcher of every npm script: node tools/run.mjs [--quiet] <command> [arguments…]
//
// It brings the working tree to where the command can run, and then runs it. Plain JavaScript for Node 20, because it is
// what fetches the Node 24 that everything else needs; npm's own pre-scripts are off (ignore-scripts in .npmrc). The
// scripts in package.json `exec` it: a shell in between would not pass on the signals that npm gets.
//
//   --quiet          says nothing while it prepares, unless that fails
//   --regenerate     generates again even where nothing has changed
//   --prepare-only   prepares and runs nothing
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = join(ROOT, 'node_modules');
const NEEDED_NODE = 24;

/** What is generated, in this order: each from its inputs, again when one of them has changed or an output is gone. */
const GENERATORS = [
  {
    name: 'database client',
    command: ['prisma', 'generate', '--no-hints'],
    inputs: () => ['package-lock.json', 'prisma.config.ts', ...find('prisma/schema', '.prisma')],
    outputs: () => ['prisma/generated/client/client.ts', 'prisma/generated/pothos-types.ts'],
  },
  {
    name: 'GraphQL schema and documents',
    command: ['node', 'codegen.ts'],
    // The schema's enumerations come from the domain.
    inputs: () => [
      'package-lock.json',
      'codegen.ts',
      ...find('prisma/schema', '.prisma'),
      ...find('schema', '.ts'),
      ...find('src/domain', '.ts'),
      ...find('src/lib', '.ts'),
      ...find('client', '.graphql'),
      ...find('demo', '.graphql'),
      ...find('test', '.graphql'),
    ],
    outputs: () => [
      'schema/schema.graphql',
      'client/persisted-documents.generated.json',
      ...['client', 'demo', 'test'].flatMap((folder) => find(folder, '.generated.ts')),
    ],
  },
];
const GENERATED_RECORD = join(MODULES, '.oggraph-generated');

/** Something that is explained in a sentence and not by a stack trace. */
class PreparationError extends Error {}

const options = new Set();
const commandLine = process.argv.slice(2);
while (commandLine[0]?.startsWith('--')) options.add(commandLine.shift());

let child;
let stoppedBy;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stoppedBy ??= signal;
    if (child === undefined) dieOf(signal);
    // A terminal sends Ctrl-C to every process in the foreground: the child has it already, and twice would mean «now».
    else if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}

try {
  await prepare({ regenerate: options.has('--regenerate') });
  if (!options.has('--prepare-only')) {
    if (commandLine.length === 0) {
      throw new PreparationError('Usage: node tools/run.mjs [--quiet] <command> [arguments…]');
    }
    const { code, signal } = await run(commandLine, { env: toolEnvironment(findNode()), stdio: 'inherit' });
    if (signal !== null) dieOf(signal);
    process.exitCode = code;
  }
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Installs and generates what is missing; one process at a time, the others wait and find it done. */
async function prepare({ regenerate }) {
  if (isInstalled() && !regenerate && outdatedGenerators().length === 0) return;
  const unlock = await lock();
  try {
    if (!isInstalled()) await install();
    for (const generator of regenerate ? GENERATORS : outdatedGenerators()) await generate(generator);
  } finally {
    unlock();
  }
}

/** Whether node_modules holds what package-lock.json asks for: by npm's own record of it, and still to be seen there. */
function isInstalled() {
  const record = join(MODULES, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  const wanted = readJson(join(ROOT, 'package-lock.json')).packages;
  delete wanted['']; // The project itself.
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const found = installed[path];
    // What is missing and optional is for another platform.
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity && existsSync(join(ROOT, path, 'package.json'));
  });
}

async function install() {
  say('Installing the dependencies into node_modules (once; a minute or two, mostly download) …');
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  // This very installation may run on a Node older than the one it brings: that is no reason to refuse or to warn.
  const settings = [
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--engine-strict=false',
    '--include=dev',
    '--include=optional',
  ];
  await runOrExplain([...npm, 'ci', ...settings], process.env, 'The dependencies could not be installed.');
}

function outdatedGenerators() {
  const record = existsSync(GENERATED_RECORD) ? readJson(GENERATED_RECORD) : {};
  return GENERATORS.filter(({ name, inputs }) => {
    const known = record[name];
    return known?.inputs !== hashOf(inputs()) || !known.outputs.every((path) => existsSync(join(ROOT, path)));
  });
}

async function generate({ name, command: generator, inputs, outputs }) {
  say(`Generating the ${name} …`);
  const node = findNode();
  const env = {
    ...toolEnvironment(node),
    // `prisma generate` would download a native engine that it does not use; any executable named here keeps it from
    // that. Nothing may trust the stand-in beyond this: `prisma migrate` with it prints nothing and exits 0.
    PRISMA_SCHEMA_ENGINE_BINARY: node,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  // Hashed before it runs: what is edited meanwhile is generated next time.
  const hash = hashOf(inputs());
  await runOrExplain(generator, env, `The ${name} could not be generated by \`${generator.join(' ')}\`.`);
  const record = existsSync(GENERATED_RECORD) ? readJson(GENERATED_RECORD) : {};
  record[name] = { inputs: hash, outputs: outputs() };
  writeFileSync(GENERATED_RECORD, JSON.stringify(record));
}

/** The Node to run everything with: the one npm installed for this platform, or the user's own where it is new enough. */
function findNode() {
  const platform = `${process.platform}-${process.arch}`;
  const bundled = join(MODULES, `node-${platform}`, 'bin', 'node');
  for (const candidate of [bundled, process.execPath]) {
    if (existsSync(candidate) && majorVersion(candidate) >= NEEDED_NODE) return candidate;
  }
  throw new PreparationError(
    `ogGraph needs Node ${NEEDED_NODE} or newer; npm installed none for ${platform} and yours is ${process.version}: install one from https://nodejs.org and run this again.`,
  );
}

function majorVersion(node) {
  const version =
    realpathSync(node) === process.execPath
      ? process.version
      : spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout;
  return Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0);
}

function toolEnvironment(node) {
  return {
    ...process.env,
    // This Node's own folder comes first: npm 10 does not always link it into node_modules/.bin.
    PATH: [dirname(node), join(MODULES, '.bin'), process.env.PATH].join(delimiter),
    // The in-process schema engine is a WebAssembly module, which Node still calls experimental at every start.
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning'].filter(Boolean).join(' '),
  };
}

/** Runs a step of the preparation; its output is shown only when it fails. */
async function runOrExplain(stepCommand, env, explanation) {
  const { code, signal, output } = await run(stepCommand, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // Whoever stopped this wants no explanation, and programs that catch the signal end with a code of their own.
  if (signal !== null || stoppedBy !== undefined) dieOf(stoppedBy ?? signal);
  if (code !== 0) throw new PreparationError(`${output}\n${explanation}`);
}

/** Runs one child to its end and passes signals on to it meanwhile; its output is collected unless it is inherited. */
function run([program, ...programArguments], { env, stdio }) {
  return new Promise((resolve, reject) => {
    child = spawn(program, programArguments, { cwd: ROOT, env, stdio });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.on('error', (error) => {
      child = undefined;
      reject(error.code === 'ENOENT' ? new PreparationError(`There is no command ${program}.`) : error);
    });
    child.on('close', (code, signal) => {
      child = undefined;
      resolve({ code, signal, output: output.trim() });
    });
  });
}

/** Ends this process by the signal itself, so that whoever waits for it sees how it ended. */
function dieOf(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  process.exit(128 + constants.signals[signal]);
}

/**
 * Waits for and takes the one lock on preparing this tree. It is a listening socket: the kernel lets it go however the
 * process ends, so there is no stale lock to clean up, and those who wait are connected to it and hear at once.
 *
 * @returns a function that lets the lock go.
 */
async function lock() {
  const name = `oggraph-prepare-${createHash('sha256').update(realpathSync(ROOT)).digest('hex').slice(0, 16)}`;
  // Linux has sockets without a file; elsewhere a file is left behind by a process that was killed.
  const isFile = process.platform !== 'linux';
  const address = isFile ? join(tmpdir(), `${name}.sock`) : `\0${name}`;
  for (let attempt = 1; ; attempt += 1) {
    const waiting = new Set();
    const server = createServer((socket) => {
      waiting.add(socket.on('error', () => {}));
    });
    const failure = await new Promise((resolve) => {
      server.once('error', resolve).listen(address, () => resolve(undefined));
    });
    if (failure === undefined) {
      return () => {
        server.close();
        for (const socket of waiting) socket.destroy();
      };
    }
    // Where no socket may be opened, there is no lock either; that must not keep anybody from working.
    if (failure.code !== 'EADDRINUSE') return () => {};
    if (attempt === 1) say('Waiting for another command that prepares this tree …');
    const ending = await new Promise((resolve) => {
      connect(address)
        .on('error', resolve)
        .on('close', () => resolve(undefined))
        .resume();
    });
    if (isFile && ending?.code === 'ECONNREFUSED') rmSync(address, { force: true });
  }
}

function find(folder, ending) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith(ending));
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.toSorted()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function say(text) {
  if (!options.has('--quiet')) console.error(text);
}
