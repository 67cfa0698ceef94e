import { createBoundedLog } from '#lib/bounded-log.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';

/** Writes into the log what an agent says went wrong. Anybody may say it, so however much is said, few lines are written. */
export type NoteFailure = (sender: string, error: string) => void;

const LINES_PER_MINUTE = 60;

export function createNoteFailure({ clock, log }: { clock: Clock; log: Logger }): NoteFailure {
  const lines = createBoundedLog(LINES_PER_MINUTE, clock);
  return (sender, error) => {
    lines((omitted) => log.warn({ sender, error, omitted }, 'an agent failed at what it was asked'));
  };
}
