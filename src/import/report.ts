import type { MessageParams } from '#domain/message-params.ts';
import type { ChangeCode, RefusalCode } from './outcome.ts';

/** What the report counts, in the order in which it is written. */
export const KINDS = [
  'centers',
  'ogLives',
  'menus',
  'commands',
  'softwareProfiles',
  'software',
  'hardwareProfiles',
  'hardwareComponents',
  'repositories',
  'roomGroups',
  'rooms',
  'clientGroups',
  'clients',
  'images',
  'imageReplicas',
  'disks',
  'partitions',
  'cachedImages',
] as const;

export type Kind = (typeof KINDS)[number];

export interface Counts {
  /** Rows of theirs that were looked at. */
  found: number;
  created: number;
  /** Rows that have a counterpart of ours since before, which was left as it is. */
  alreadyHere: number;
  /** Rows that were taken otherwise than they are there. */
  changed: number;
  notTaken: number;
}

/** Something about rows of theirs that whoever imports should know. */
export interface Remark {
  outcome: 'CHANGED' | 'NOT_TAKEN';
  kind: Kind;
  table: string;
  legacyId: string;
  name: string;
  code: RefusalCode | ChangeCode;
  params: MessageParams;
  /** The reason in words. */
  es: string;
  en: string;
  /** What else is missing because of it: how many rows by table, or by table and column. */
  also: Record<string, number>;
}

/** A table of theirs of which nothing is taken. */
export interface TableNotTaken {
  table: string;
  rows: number;
  es: string;
  en: string;
}

export interface ImportReport {
  sourceName: string;
  database: string | null;
  dryRun: boolean;
  startedAt: string;
  finishedAt: string;
  kinds: Record<Kind, Counts>;
  remarks: readonly Remark[];
  tablesNotTaken: readonly TableNotTaken[];
}
