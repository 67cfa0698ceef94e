import type { Behaviour } from '#simulator/behaviour.ts';
import type { SimulatedDisk, SimulatedPartition } from '#simulator/simulated-machine.ts';

/** The part of a PC that the engine works on. */
export interface EnginePc {
  readonly name: string;
  /** The PC's own disks: jobs write to them. */
  readonly disks: readonly SimulatedDisk[];
  /** Boots first when the PC starts from disk. */
  restoredLast: SimulatedPartition | null;
  /** The disks as `cfg`, as they are at the time of asking. */
  layout(): string;
  /** What is installed on a partition, one a line, its operating system first. */
  listSoftware(partition: SimulatedPartition): string;
  /** Lines `mnemonic=value`. */
  listHardware(): string;
  readonly ranScripts: RanScript[];
  /** Null where nobody plays the repository: multicast then needs no session, and images go nowhere. */
  readonly repository: RepositoryLine | null;
}

export interface RanScript {
  script: string;
  output: string;
  exitCode: number;
}

/** What PCs and the repository say to each other. */
export interface RepositoryLine {
  /** @returns null when there was no session to join in time. @throws {unknown} the reason of the signal. */
  join(wanted: WantedSession): Promise<Transmission | null>;
  receiveImage(image: NewImage): void;
}

export interface WantedSession {
  method: MulticastMethod;
  /** The session's port; P2P has none, and goes by the image. */
  port: number | null;
  imageName: string;
  timeoutMs: number;
  signal: AbortSignal;
}

export type MulticastMethod = 'udpcast' | 'uftp' | 'p2p';

export interface NewImage {
  name: string;
  clientName: string;
  fileSystem: string;
  dataSizeKb: number;
}

/** A session that sends. */
export interface Transmission {
  /** Aborted when the repository cancels it. */
  readonly cut: AbortSignal;
  leave(): void;
}

/** What a PC does once its job is reported done. */
export type Act = { kind: 'power-off' } | { kind: 'reboot' } | { kind: 'boot'; partition: SimulatedPartition };

/** A job as an order asks for it. The steps come in this order, and all but `ids` may be missing. */
export interface EngineWork {
  /** The order's session, told again in the result. */
  readonly ids: string;
  /** Reports no progress and takes no time. */
  readonly isInstant?: boolean;
  /** On top of what the behaviour says a job takes. */
  readonly extraMs?: number;
  /** @returns the engine's error where the job cannot even begin. */
  check?(pc: EnginePc): number | null;
  /** Waits for a session that sends the image; null when it was waited for in vain. */
  join?(pc: EnginePc, timeoutMs: number, signal: AbortSignal): Promise<Transmission | null>;
  /** The error when that session is cancelled. */
  readonly cutCode?: number;
  /** The first write: what a job leaves behind that ends halfway. */
  begin?(pc: EnginePc): void;
  /** @returns `der` where it fails at the very end; null for a success. */
  finish?(pc: EnginePc, behaviour: Readonly<Behaviour>): string | null;
  /** The keys that the result has besides those of every job. */
  result?(pc: EnginePc, succeeded: boolean): object;
  act?(pc: EnginePc): Act | null;
}
