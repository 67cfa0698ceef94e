import type { DiskLayout } from '#domain/inventory/disk-layout.ts';
import type { ClientHints } from '#domain/inventory/find-reporting-client.ts';
import type { Action } from '#domain/operations/action.ts';

/** What an agent said of one of its jobs, out of the wire's words. */
export interface JobReport {
  /** The agent's name for the job; where it gave none, what there was of one. */
  jobId: string;
  /** Whether that is the agent's own name for the job, by which it can be asked for. */
  isNamed: boolean;
  /** The number of the order, from an agent that fetched it; null where it was not told. */
  orderNumber: number | null;
  /** Our own id of the trace, where the agent was told it; null where it was not. */
  traceId: string | null;
  /** The action a job of this name carries out; null for names we do not know. */
  action: Action | null;
  news:
    | { kind: 'progress'; percent: number }
    /** More of what it prints while it runs. */
    | { kind: 'log'; text: string }
    | { kind: 'succeeded' }
    | { kind: 'failed'; engineCode: number | null; message: string }
    | { kind: 'killed' }
    | { kind: 'not-killed'; message: string };
  /** What the job printed or listed, as text; null where the agent sent nothing of the kind. */
  output: string | null;
  /** Name of the file that the list was uploaded as, where that is all that was sent. */
  outputFile: string | null;
  /** Of the data in an image that was captured; null where it was not told. */
  dataSizeBytes: bigint | null;
  /** The disks after the job, where the agent sent them along. */
  layout: DiskLayout | null;
  client: ClientHints;
  /** The body as it came, kept for whoever must know what was really said. */
  body: object;
}
