/** What happens to the connection of a call. */
export type Answer =
  | { kind: 'reply'; status: number; headers?: Record<string, string>; text: string }
  | { kind: 'huge'; body: object }
  | { kind: 'hang-up' }
  | { kind: 'reset' }
  | { kind: 'never' };

export function toJsonAnswer(status: number, body: unknown): Answer {
  return { kind: 'reply', status, text: JSON.stringify(body) };
}

/** Agents know one status for everything that went wrong. */
export function toFailure(error: string): Answer {
  return toJsonAnswer(500, { error });
}

export function toUnknownAction(action: string): Answer {
  return toFailure(`Unknown action: ${action}`);
}
