import type { JobReport } from '#domain/tracing/job-report.ts';
import { parseJobReport } from './parse-job-report.ts';

/** Reads a body again that was stored because it fitted no job yet. It parsed then; null would be a body edited by hand. */
export function parseKeptReport(body: unknown, sender: string): JobReport | null {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return null;
  try {
    return parseJobReport(body as Record<string, unknown>, sender);
  } catch {
    return null;
  }
}
