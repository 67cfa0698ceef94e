import type { ReceiveClientReport } from '#domain/inventory/receive-client-report.ts';
import type { Storage } from '#domain/storage.ts';
import type { ReceiveJobReport } from '#domain/tracing/receive-job-report.ts';

/** What takes in the two kinds of reports. Every way in, signed or not, ends at these. */
export interface Receivers {
  receiveJobReport: ReceiveJobReport;
  receiveClientReport: ReceiveClientReport;
}

/** Receivers on the database, or inside of a transaction that was joined. */
export type ReceiversOn = (db: Storage) => Receivers;
