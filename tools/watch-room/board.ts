import type { FollowTracesSubscription, TraceStateFragment } from '#client/operations.generated.ts';

export type Update = FollowTracesSubscription['traceUpdated'];

export type Connection = 'connecting' | 'live' | 'reconnecting';

/** What is known of a room's traces: those at work, and how many of the others have ended meanwhile. */
export interface Board {
  readonly room: string;
  connection: Connection;
  atWork: ReadonlyMap<string, TraceStateFragment>;
  ended: number;
  /** Whose end was told. */
  readonly told: Set<string>;
}

export function createBoard(room: string): Board {
  return { room, connection: 'connecting', atWork: new Map(), ended: 0, told: new Set() };
}

/** Puts a snapshot in the place of all that was known. */
export function replaceTraces(board: Board, traces: readonly TraceStateFragment[]): void {
  board.atWork = new Map(traces.map((trace) => [trace.id, trace]));
}

/**
 * Applies one event. A trace comes as it is now, which may be further on than the event: so the first event that finds it ended ends it
 * here, and what is said of it after that tells nothing new.
 *
 * @returns the trace when this ends it.
 */
export function applyUpdate(board: Board, { event, trace }: Update): TraceStateFragment | null {
  if (trace === null || event === null) return null;
  const atWork = new Map(board.atWork);
  board.atWork = atWork;
  if (trace.finishedAt === null) {
    atWork.set(trace.id, trace);
    return null;
  }
  atWork.delete(trace.id);
  // Lost and found: its new ending is told too, but it has ended only once.
  if (event.kind === 'RESOLVED') return trace;
  // A late report may be about one that ended before anybody looked.
  if (event.kind === 'LATE_REPORT' || board.told.has(trace.id)) return null;
  board.told.add(trace.id);
  board.ended += 1;
  return trace;
}
