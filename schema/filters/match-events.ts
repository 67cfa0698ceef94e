import type { Storage } from '#domain/storage.ts';
import type { LoggedEvent } from '#domain/tracing/event.ts';
import { isGiven } from '#schema/ids.ts';
import { settle, toWhere } from './clause.ts';
import type { MaybeDeferred } from './clause.ts';
import type { Filter } from './define-filter.ts';

/** Conditions that an event itself decides; what it cannot decide is asked of the database when the event comes by. */
export type Decisions<TInput extends object> = {
  [TName in keyof TInput]?: (value: NonNullable<TInput[TName]>, event: LoggedEvent) => boolean;
};

export interface EventMatcher {
  /** False for what cannot match, whatever the database would say. */
  couldMatch: (event: LoggedEvent) => boolean;
  /** Asks the database only where the event alone does not decide. */
  matches: (event: LoggedEvent) => Promise<boolean>;
}

/**
 * What a filter means for a stream of events: conditions on what an event says are about the moment of the event, all others about the
 * row as it is when the event is handed on.
 *
 * @param exists whether there is a row of this condition that the event is about.
 * @throws {GraphQLError} FILTER_TOO_COMPLEX
 */
export function createEventMatcher<TInput extends object>(
  filter: Filter<TInput>,
  input: TInput | null | undefined,
  { decisions, db, exists }: { decisions: Decisions<TInput>; db: Storage; exists: EventExists },
): EventMatcher {
  const table = decisions as Record<string, ((value: unknown, event: LoggedEvent) => boolean) | undefined>;
  const clauseFor = (event: LoggedEvent): MaybeDeferred =>
    filter.toClause(input, { decide: (name, value) => table[name]?.(value, event) });
  // A filter that is refused is refused when the stream starts.
  if (isGiven(input)) filter.toClause(input);
  return {
    couldMatch: (event) => clauseFor(event) !== false,
    async matches(event) {
      const clause = await settle(clauseFor(event), db);
      return typeof clause === 'boolean' ? clause : exists(event, toWhere(clause));
    },
  };
}

type EventExists = (event: LoggedEvent, where: object) => Promise<boolean>;
