import type { IncomingHttpHeaders } from 'node:http';
import type { RanScript } from '#simulator/actions/engine-work.ts';
import type { Behaviour } from './behaviour.ts';
import type { SimulatedDisk } from './simulated-machine.ts';

export type AgentState = 'off' | 'oglive' | 'busy' | 'linux' | 'linux-session' | 'windows' | 'windows-session';

/** A call that reached the agent. */
export interface ReceivedCall {
  at: Date;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  rawBody: string;
  /** The body read as JSON; undefined where it is none. */
  body: unknown;
}

/** A report the agent sent. */
export interface SentReport {
  at: Date;
  path: string;
  body: object;
  /** The server's answer; null while there is none, and for ever when none came. */
  status: number | null;
  answer: string | null;
}

/** A PC with its ogAgent. It starts switched off. */
export interface SimulatedAgent {
  readonly ip: string;
  readonly mac: string;
  readonly name: string;
  readonly state: AgentState;
  /** The secret told to the server at the last start; empty before the first. */
  readonly secret: string;
  /** The job in hand. */
  readonly jobId: string | null;
  readonly disks: readonly SimulatedDisk[];
  readonly behaviour: Readonly<Behaviour>;
  /** Every call that reached the agent while it was switched on, the oldest first. */
  readonly received: readonly ReceivedCall[];
  /** Every report sent, each copy for itself, the oldest first. */
  readonly sent: readonly SentReport[];
  /** Reports the server did not take: no answer within 5 s, or a 5xx. The agent never sends them again. */
  readonly lostReports: number;
  /** Every script it was given and has run, the oldest first. */
  readonly ranScripts: readonly RanScript[];
  /** Changes the behaviour for the calls to come. */
  behave(changes: Partial<Behaviour>): void;
  /** Starts (again) into ogLive over the network, and resolves when its two reports are over. */
  bootOgLive(): Promise<void>;
  /** Ends what runs, a job without a word, and boots from disk where a system is installed, else ogLive. Also switches on. */
  restart(): Promise<void>;
  /** Wake-on-LAN: boots ogLive where it is off and can be woken. */
  wake(): Promise<void>;
  /** @throws {Error} when no installed system runs. */
  login(user: string): Promise<void>;
  /** @throws {Error} when nobody is logged in. */
  logout(user?: string): Promise<void>;
  /** Switches off in good order: an installed system says so, ogLive does not. */
  powerOff(): Promise<void>;
  /** Pulls the plug: open calls lose their connection, reports on their way are cut. */
  crash(): void;
  /** Resolves when nothing is in hand: no job, and no report on its way. A stalled job never gets there by itself. */
  idle(): Promise<void>;
}
