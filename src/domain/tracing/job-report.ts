import type { DiskLayout } from '#domain/inventory/disk-layout.ts';
import type { ClientHints } from '#domain/inventory/find-reporting-client.ts';
import type { Action } from '#domain/operations/action.ts';

/** What an agent said of one of its jobs, out of the wire's words. */
export interface JobReport {
  jobId: string;
  /** The action a job of this name carries out; null for names we do not know. */
  action: Action | null;
  news:
    | { kind: 'progress'; percent: number }
    | { kind: 'succeeded' }
    | { kind: 'failed'; engineCode: number | null; message: string };
  /** What the job printed or listed, as text; null where the agent sent nothing of the kind. */
  output: string | null;
  /** The disks after the job, where the agent sent them along. */
  layout: DiskLayout | null;
  client: ClientHints;
  /** The body as it came, kept for whoever must know what was really said. */
  body: object;
}
