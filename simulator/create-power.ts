import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, EnginePc } from '#simulator/actions/engine-work.ts';
import { announceInstalledSystem, announceOgLive } from './announce-start.ts';
import type { Behaviour } from './behaviour.ts';
import type { AgentReports } from './create-agent-reports.ts';
import { createSecret } from './create-secret.ts';
import { findInstalledSystem, toInstalledSystem } from './installed-system.ts';
import type { InstalledSystem } from './installed-system.ts';

const ENDED = AbortSignal.abort();

/** What a PC is: off, in ogLive, or in a system of its own. */
export interface Power {
  /** Aborted when the PC is switched off or restarted; already so when it is off. */
  readonly life: AbortSignal;
  /** The system that runs; null in ogLive, and when it is off. */
  readonly installed: InstalledSystem | null;
  /** The secret of the last start. */
  readonly secret: string;
  bootOgLive(): Promise<void>;
  bootFromDisk(): Promise<void>;
  /** Goes off in good order. @returns false when the PC died, or was started again by another hand, before it was through. */
  shutDown(): Promise<boolean>;
  cutOff(): void;
  /** Does what an agent was ordered to do with its PC, as the behaviour has it, unless that life has ended. */
  perform(act: Act, behaviour: Readonly<Behaviour>, life: AbortSignal): Promise<void>;
  /** Cuts off for good. */
  stop(): void;
}

interface PowerParts {
  ip: string;
  mac: string;
  pc: EnginePc;
  reports: AgentReports;
  startAttempts: () => number;
  onCutOff: () => void;
  say: (text: string) => void;
}

export function createPower({ ip, mac, pc, reports, startAttempts, onCutOff, say }: PowerParts): Power {
  let life: AbortController | null = null;
  let installed: InstalledSystem | null = null;
  let secret = '';
  let stopped = false;

  function cutOff(): void {
    life?.abort();
    life = null;
    installed = null;
    onCutOff();
  }

  function switchOn(system: InstalledSystem | null): AbortSignal {
    if (stopped) throw new Error('The simulator is stopped');
    cutOff();
    life = new AbortController();
    installed = system;
    secret = createSecret();
    say(`starts ${system === null ? 'ogLive' : system.osversion}`);
    return life.signal;
  }

  async function bootOgLive(): Promise<void> {
    const signal = switchOn(null);
    await announceOgLive({ reports, life: signal, ip, mac, secret }, pc.layout(), startAttempts());
  }

  async function bootSystem(system: InstalledSystem): Promise<void> {
    const signal = switchOn(system);
    await announceInstalledSystem({ reports, life: signal, ip, mac, secret }, system);
  }

  async function shutDown(): Promise<boolean> {
    const dying = life;
    if (dying !== null && installed !== null) {
      const { ostype, osversion } = installed;
      await reports.sendInTurn(dying.signal, 'ogagent/stopped', { mac, ip, ostype, osversion });
    }
    if (life !== dying) return false;
    cutOff();
    return true;
  }

  async function bootFromDisk(): Promise<void> {
    if (!(await shutDown())) return;
    const system = findInstalledSystem(pc.disks, pc.restoredLast);
    await (system === null ? bootOgLive() : bootSystem(system));
  }

  return {
    get life() {
      return life?.signal ?? ENDED;
    },
    get installed() {
      return installed;
    },
    get secret() {
      return secret;
    },
    bootOgLive,
    bootFromDisk,
    shutDown,
    cutOff,
    async perform(act, { fault, actDelayMs, rebootInto }, signal) {
      if (fault === 'does-not-act') return;
      await sleep(actDelayMs, undefined, { signal });
      if (act.kind === 'reboot' && rebootInto === 'disk' && fault !== 'does-not-return') return bootFromDisk();
      if (!(await shutDown())) return;
      if (act.kind === 'power-off' || fault === 'does-not-return') {
        say('is switched off');
        return;
      }
      await (act.kind === 'boot' ? bootSystem(toInstalledSystem(act.partition)) : bootOgLive());
    },
    stop() {
      stopped = true;
      cutOff();
    },
  };
}
