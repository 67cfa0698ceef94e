import { setTimeout as sleep } from 'node:timers/promises';
import type { EnginePc, RepositoryLine } from '#simulator/actions/engine-work.ts';
import { answerCall } from './answer-call.ts';
import type { AnsweringAgent } from './answer-call.ts';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import { createAgentReports } from './create-agent-reports.ts';
import { createJobRunner } from './create-job-runner.ts';
import { createPower } from './create-power.ts';
import type { Reporter } from './create-reporter.ts';
import { listMachineHardware, listMachineSoftware } from './made-up-inventory.ts';
import type { AgentState, ReceivedCall, SimulatedAgent } from './simulated-agent.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { toCompactLayout } from './to-compact-layout.ts';

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
  repository: RepositoryLine | null;
  log: (line: string) => void;
}

export function createSimulatedAgent(parts: AgentParts): AgentHandle {
  const { machine, reporter, repository, log } = parts;
  const { ip, mac, name } = machine;
  const disks = structuredClone(machine.disks);
  const received: ReceivedCall[] = [];
  const tasks = new Set<Promise<void>>();
  let behaviour = { ...parts.behaviour };
  let user: string | null = null;

  const say = (text: string) => {
    log(`${ip} ${name}: ${text}`);
  };
  const reports = createAgentReports(reporter, say);
  const pc: EnginePc = {
    name,
    disks,
    restoredLast: null,
    layout: () => toCompactLayout(machine.serialNumber ?? '', disks),
    listSoftware: (partition) => listMachineSoftware(machine, partition),
    listHardware: () => listMachineHardware(machine),
    ranScripts: [],
    repository,
  };
  const power = createPower({
    ip,
    mac,
    pc,
    reports,
    startAttempts: () => behaviour.startAttempts,
    onCutOff() {
      user = null;
      jobs.forget();
    },
    say,
  });
  const jobs = createJobRunner({
    ip,
    mac,
    pc,
    life: () => power.life,
    send: (...report) => reports.send(...report),
    perform: (...act) => power.perform(...act),
    track,
    say,
  });

  function currentState(): AgentState {
    if (power.life.aborted) return 'off';
    if (power.installed !== null) return user === null ? power.installed.state : `${power.installed.state}-session`;
    return jobs.jobId === null ? 'oglive' : 'busy';
  }

  /** Keeps the work known until it is over, so that nothing outlives stop(). */
  function track(task: Promise<void>): Promise<void> {
    const settled = task.catch(() => {}).finally(() => tasks.delete(settled));
    tasks.add(settled);
    return task;
  }

  async function logOff(left: string): Promise<void> {
    user = null;
    await track(reports.sendInTurn(power.life, 'ogagent/loggedout', { ip, user: left }).then(() => {}));
  }

  const answering: AnsweringAgent = {
    ip,
    mac,
    ranScripts: pc.ranScripts,
    get jobId() {
      return jobs.jobId;
    },
    get user() {
      return user;
    },
    get secret() {
      return power.secret;
    },
    get installed() {
      return power.installed;
    },
    startJob: (...order) => jobs.start(...order),
    killJob: (...order) => track(jobs.kill(...order)),
    perform(act, accepted) {
      // The PC may die first: then there is nothing left to do.
      track(power.perform(act, accepted, power.life)).catch(() => {});
    },
    logOff() {
      if (user !== null) logOff(user).catch(() => {});
    },
  };

  const agent: SimulatedAgent = {
    ip,
    mac,
    name,
    disks,
    received,
    sent: reports.sent,
    ranScripts: pc.ranScripts,
    get state() {
      return currentState();
    },
    get secret() {
      return power.secret;
    },
    get jobId() {
      return jobs.jobId;
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
      await track(power.bootOgLive());
    },
    async restart() {
      await track(power.bootFromDisk());
    },
    async wake() {
      if (power.life.aborted && behaviour.fault !== 'does-not-return') await track(power.bootOgLive());
    },
    async login(who) {
      if (power.life.aborted || power.installed === null) {
        throw new Error(`${ip} runs no installed system to log in to`);
      }
      user = who;
      const { ostype, osversion, session } = power.installed;
      await track(
        reports
          .sendInTurn(power.life, 'ogagent/loggedin', { ip, user: who, language: 'es', session, ostype, osversion })
          .then(() => {}),
      );
    },
    async logout(who) {
      if (power.life.aborted || user === null) throw new Error(`nobody is logged in on ${ip}`);
      await logOff(who ?? user);
    },
    async powerOff() {
      await track(
        power.shutDown().then((done) => {
          if (done) say('is switched off');
        }),
      );
    },
    crash() {
      power.cutOff();
      say('dies');
    },
    async idle() {
      while (tasks.size > 0) await Promise.all(tasks);
    },
  };

  return {
    agent,
    life: () => power.life,
    async receive(call) {
      received.push(call);
      const now = behaviour;
      const signal = power.life;
      const answer = await answerCall(call, answering, now);
      if (now.answerDelayMs > 0) await sleep(now.answerDelayMs, undefined, { signal }).catch(() => {});
      return answer;
    },
    async stop() {
      power.stop();
      await agent.idle();
    },
  };
}
