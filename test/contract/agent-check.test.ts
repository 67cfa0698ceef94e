import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Behaviour } from '#simulator/behaviour.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { startSigningBridge } from '#test/support/start-signing-bridge.ts';
import type { SigningBridge } from '#test/support/start-signing-bridge.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const IP = '192.168.2.3';
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

let room: Simulator | undefined;
afterEach(async () => {
  await room?.stop();
  room = undefined;
});

interface Checked {
  code: number | null;
  out: string;
  failed: string[];
}

/** Checks pc1 of a simulated room, which reports to where the command says that it listens. */
async function checkAgent(
  behaviour: Partial<Behaviour> = {},
  args: readonly string[] = [],
  bridge: SigningBridge | null = null,
): Promise<Checked> {
  const simulator = await createSimulator({
    agents: walkthroughRoom,
    serverUrl: 'http://127.0.0.1:9/opengnsys/rest',
    behaviour: { durationMs: 2500, progressSteps: 3, ...behaviour },
  });
  room = simulator;
  await simulator.agent(IP).bootOgLive();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      'tools/agent-check.ts',
      `https://127.0.0.1:${simulator.port}`,
      '--host',
      `${IP}:8000`,
      '--listen',
      '127.0.0.1:0',
      ...args,
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const [, url] = /report to (http:\S+)$/.exec(line) ?? [];
    if (url === undefined) return;
    if (bridge !== null) bridge.target = url;
    simulator.setServerUrl(bridge?.url ?? `${url}/opengnsys/rest`);
  });
  const [err, [code]] = await Promise.all([readAll(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  const out = `${lines.join('\n')}${err}`;
  return { code, out, failed: lines.filter((line) => line.startsWith('FAIL')).map((line) => line.slice(6, 38).trim()) };
}

describe('npm run agent-check', { timeout: 120_000 }, () => {
  it('passes the simulated agent', async () => {
    const { code, out, failed } = await checkAgent();
    expect(failed, out).toEqual([]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {4}job_id is <function>-<8 hex> +EjecutarScript-[0-9a-f]{8}$/m);
    expect(out).toMatch(/^All is well\.$/m);
  });

  it.each<[string, Partial<Behaviour>, string[]]>([
    ['knows no KillJob', { killJobs: false }, ['KillJob is agreed to', 'the killed job is reported']],
    ['cannot list its jobs', { listJobs: false }, ['status lists the jobs', 'status names the job in hand']],
    ['names all jobs alike', { fixedJobHex: 'dfa42888' }, ['job_ids differ']],
    ['answers null', { fault: 'null-body' }, ['an order is accepted', 'it is free again']],
    ['never says how it ended', { fault: 'silent' }, ['the job is reported to its end', 'the killed job is reported']],
    ['hangs up', { fault: 'hang-up' }, ['status lists the jobs', 'bad JSON is refused', 'an order is accepted']],
  ])('fails an agent that %s', async (_name, behaviour, expected) => {
    const { code, out, failed } = await checkAgent(behaviour, ['--patience', '6']);
    expect(failed, out).toEqual(expect.arrayContaining(expected));
    expect(code).toBe(1);
  });

  it('fails an agent that does not sign where it has to', async () => {
    const { code, out, failed } = await checkAgent({}, ['--patience', '6', '--secret', SECRET]);
    expect(failed, out).toContain('the job is reported to its end');
    expect(out).toContain('must be signed');
    expect(code).toBe(1);
  });

  it.each<[SigningBridge['flaw'], string]>([
    ['none', 'All is well.'],
    ['wrong-secret', 'the signature is wrong'],
    ['same-number', 'seq 1 came after 1'],
    ['old-timestamp', 'webhook-timestamp is more than five minutes off'],
  ])('looks at what is signed: %s', async (flaw, problem) => {
    const bridge = Object.assign(await startSigningBridge(SECRET), { flaw });
    try {
      const patience = flaw === 'none' || flaw === 'same-number' ? '60' : '6';
      const { code, out } = await checkAgent({}, ['--patience', patience, '--secret', SECRET], bridge);
      expect(code, out).toBe(flaw === 'none' ? 0 : 1);
      expect(out).toContain(problem);
    } finally {
      await bridge.close();
    }
  });

  it('says how it is called', async () => {
    const child = spawn(process.execPath, ['tools/agent-check.ts', 'not-a-url'], { cwd: ROOT });
    const [err, [code]] = await Promise.all([readAll(child.stderr), once(child, 'close') as Promise<[number]>]);
    expect(err).toContain('--help');
    expect(code).toBe(2);
  });
});
