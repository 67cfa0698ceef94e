import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A server as a process of its own, as `npm start` runs it: what is tested with it can be killed. */
export interface ServerProcess {
  url: string;
  /** Everything it has printed. */
  output: () => string;
  /** Ends it by a signal and gives its exit code; null when the signal itself ended it. */
  end: (signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT') => Promise<number | null>;
}

/** @returns once it says that it answers. @throws with its output when it ends before. */
export async function spawnServer(env: Record<string, string>, args: readonly string[] = []): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts', ...args], {
    cwd: ROOT,
    // What is tested is not how busy the machine is.
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', OVERLOAD_DELAY_MS: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const answers = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
      const [, url] = /answers at (http:\S+\/graphql)/.exec(output) ?? [];
      if (url !== undefined) answers.resolve(url);
    });
  }
  const ended = exited.then(([code]) => {
    throw new Error(`the server ended with ${code}:\n${output}`);
  });
  ended.catch(() => {});
  const url = await Promise.race([answers.promise, ended]);
  return {
    url,
    output: () => output,
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}
