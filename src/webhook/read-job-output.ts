import type { Action } from '#domain/operations/action.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import type { AgentBody } from './agent-body.ts';

/** Longest text kept of a job: a machine’s package list is some hundred kilobytes. */
export const MAX_OUTPUT_LENGTH = 500_000;

/** By which keys a kind of job sends its list; all others send what they printed. */
const LIST_KEYS: Partial<Record<Action, readonly string[]>> = {
  SOFTWARE_INVENTORY: ['sft', 'software'],
  HARDWARE_INVENTORY: ['hrd', 'hardware'],
  CREATE_IMAGE: ['software', 'sft'],
};

/** What a script printed, or the list that an inventory made, or the name of the file that the list was uploaded as. */
export function readJobOutput(body: AgentBody, action: Action | null): Pick<JobReport, 'output' | 'outputFile'> {
  const listKeys = action === null ? undefined : LIST_KEYS[action];
  for (const key of listKeys ?? ['output']) {
    const value = readLines(Object.hasOwn(body, key) ? body[key] : undefined);
    if (typeof value !== 'string' || value.trim() === '') continue;
    if (listKeys !== undefined && isFileName(value)) return { output: null, outputFile: baseName(value) };
    return { output: value.slice(0, MAX_OUTPUT_LENGTH).toWellFormed().replaceAll('\0', ' '), outputFile: null };
  }
  return { output: null, outputFile: null };
}

/** Some send a list as a list. */
function readLines(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('\n') : value;
}

/**
 * Whether this is where a list can be found, and not the list: `Ssft-192.168.2.3-1`, `/tmp/Chrd-192.168.2.3`. A list has lines, and the
 * name of a system has words; what is one word is taken for a name, for a file's name among the packages would look like a system.
 */
function isFileName(text: string): boolean {
  const name = text.trim();
  return name.length <= 500 && !/[\n\r=]/.test(name) && (!/\s/.test(name) || /^([a-z]:)?[/\\]/i.test(name));
}

/** Without its folders: files are known by their names alone, whichever end of the line put folders before them. */
export function baseName(path: string): string {
  return path
    .trim()
    .replace(/^.*[/\\]/s, '')
    .slice(0, 200);
}
