import type { SenderRefusal } from '#domain/reports/judge-sender.ts';

/** Why a report changed nothing. A label of metrics: few values, none of which a stranger can choose. */
export type Refusal =
  | SenderRefusal
  | 'NO_ROUTE'
  | 'UNREADABLE'
  | 'UNKNOWN_CLIENT'
  | 'WRONG_SIGNATURE'
  | 'CLOCK_OFF'
  | 'TOO_LARGE'
  | 'TOO_SLOW'
  | 'ENCODED';

/** What a report is answered. */
export interface WebhookAnswer {
  status: number;
  body: unknown;
  /** Left out where the report was taken in. */
  refusal?: Refusal;
}
