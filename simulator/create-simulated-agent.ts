import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { announceInstalledSystem, announceOgLive } from './announce-start.ts';
import { answerCall } from './answer-call.ts';
import type { Answer, AnsweringAgent } from './answer-call.ts';
import type { Behaviour } from './behaviour.ts';
import { createAgentReports } from './create-agent-reports.ts';
import type { Reporter } from './create-reporter.ts';
import { createSecret } from './create-secret.ts';
import { findInstalledSystem } from './installed-system.ts';
import type { InstalledSystem } from './installed-system.ts';
import { runRestore } from './run-restore.ts';
import type { AgentState, ReceivedCall, SimulatedAgent } from './simulated-agent.ts';
import type { SimulatedMachine, SimulatedPartition } from './simulated-machine.ts';
import { toCompactLayout } from './to-compact-layout.ts';

const ENDED = AbortSignal.abort();

/** An agent together with what only the server in front of it may use. */
export interface AgentHandle {
  agent: SimulatedAgent;
  /** Aborted when the PC is switched off or restarted; already so when it is off. */
  life: () => AbortSignal;
  receive: (call: ReceivedCall) => Promise<Answer>;
  /** Switches off for good. */
  stop: () => Promise<void>;
}

interface AgentParts {
  machine: SimulatedMachine;
  behaviour: Behaviour;
  reporter: Reporter;
  log: (line: string) => void;
}

export function createSimulatedAgent({ machine, behaviour: initialBehaviour, reporter, log }: AgentParts): AgentHandle {
  const { ip, mac, name } = machine;
  const disks = structuredClone(machine.disks);
  const received: ReceivedCall[] = [];
  const tasks = new Set<Promise<void>>();
  let behaviour = { ...initialBehaviour };
  let life: AbortController | null = null;
  let stopped = false;
  let secret = '';
  let jobId: string | null = null;
  let installed: InstalledSystem | null = null;
  let user: string | null = null;
  let restoredLast: SimulatedPartition | null = null;

  const say = (text: string) => {
    log(`${ip} ${name}: ${text}`);
  };
  const reports = createAgentReports(reporter, say);
  const layout = () => toCompactLayout(machine.serialNumber ?? '', disks);

  function currentState(): AgentState {
    if (life === null) return 'off';
    if (installed !== null) return user === null ? installed.state : `${installed.state}-session`;
    return jobId === null ? 'oglive' : 'busy';
  }

  function switchOff(): void {
    life?.abort();
    life = null;
    installed = user = jobId = null;
  }

  function switchOn(system: InstalledSystem | null): AbortSignal {
    if (stopped) throw new Error('The simulator is stopped');
    switchOff();
    life = new AbortController();
    installed = system;
    secret = createSecret();
    say(`starts ${system === null ? 'ogLive' : system.osversion}`);
    return life.signal;
  }

  /** Keeps the work known until it is over, so that nothing outlives stop(). */
  function track(task: Promise<void>): Promise<void> {
    const settled = task.catch(() => {}).finally(() => tasks.delete(settled));
    tasks.add(settled);
    return task;
  }

  async function bootOgLive(): Promise<void> {
    const signal = switchOn(null);
    await announceOgLive({ reports, life: signal, ip, mac, secret }, layout(), behaviour.startAttempts);
  }

  /** @returns false when the PC died, or was started again by another hand, before it was through. */
  async function shutDown(): Promise<boolean> {
    const dying = life;
    if (dying !== null && installed !== null) {
      const { ostype, osversion } = installed;
      await reports.sendInTurn(dying.signal, 'ogagent/stopped', { mac, ip, ostype, osversion });
    }
    if (life !== dying) return false;
    switchOff();
    return true;
  }

  async function bootFromDisk(): Promise<void> {
    if (!(await shutDown())) return;
    const system = findInstalledSystem(disks, restoredLast);
    if (system === null) return bootOgLive();
    const signal = switchOn(system);
    await announceInstalledSystem({ reports, life: signal, ip, mac, secret }, system);
  }

  const answering: AnsweringAgent = {
    ip,
    mac,
    get jobId() {
      return jobId;
    },
    get user() {
      return user;
    },
    get installed() {
      return installed;
    },
    startRestore(order, accepted) {
      const id = `RestaurarImagen-${accepted.fixedJobHex ?? randomBytes(4).toString('hex')}`;
      const signal = life?.signal ?? ENDED;
      jobId = id;
      say(`${id} starts`);
      const finished = runRestore({
        id,
        order,
        behaviour: accepted,
        ip,
        mac,
        disks,
        layout,
        signal,
        report: (body) => reports.send(signal, 'clients/status/webhook', body),
        onFinished(restored) {
          jobId = null;
          restoredLast = restored ?? restoredLast;
        },
      });
      return { jobId: id, finished: track(finished) };
    },
  };

  const agent: SimulatedAgent = {
    ip,
    mac,
    name,
    disks,
    received,
    sent: reports.sent,
    get state() {
      return currentState();
    },
    get secret() {
      return secret;
    },
    get jobId() {
      return jobId;
    },
    get behaviour() {
      return behaviour;
    },
    get lostReports() {
      return reports.lost;
    },
    behave(changes) {
      behaviour = { ...behaviour, ...changes };
    },
    async bootOgLive() {
      await track(bootOgLive());
    },
    async restart() {
      await track(bootFromDisk());
    },
    async login(who) {
      if (life === null || installed === null) throw new Error(`${ip} runs no installed system to log in to`);
      user = who;
      const { ostype, osversion, session } = installed;
      await track(
        reports
          .sendInTurn(life.signal, 'ogagent/loggedin', { ip, user: who, language: 'es', session, ostype, osversion })
          .then(() => {}),
      );
    },
    async logout(who) {
      if (life === null || user === null) throw new Error(`nobody is logged in on ${ip}`);
      const left = who ?? user;
      user = null;
      await track(reports.sendInTurn(life.signal, 'ogagent/loggedout', { ip, user: left }).then(() => {}));
    },
    async powerOff() {
      await track(
        shutDown().then((done) => {
          if (done) say('is switched off');
        }),
      );
    },
    crash() {
      switchOff();
      say('dies');
    },
    async idle() {
      while (tasks.size > 0) await Promise.all(tasks);
    },
  };

  return {
    agent,
    life: () => life?.signal ?? ENDED,
    async receive(call) {
      received.push(call);
      const now = behaviour;
      const signal = life?.signal ?? ENDED;
      const answer = await answerCall(call, answering, now);
      if (now.answerDelayMs > 0) await sleep(now.answerDelayMs, undefined, { signal }).catch(() => {});
      return answer;
    },
    async stop() {
      stopped = true;
      switchOff();
      await agent.idle();
    },
  };
}
