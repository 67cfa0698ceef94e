/** What is wrong with the agent, as the table tells it. */
export class CheckFailedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckFailedError';
  }
}

export interface CheckResult {
  name: string;
  passed: boolean;
  /** What was seen, or what is wrong. */
  detail: string;
}

/** Runs checks in turn; one that fails does not keep the next from being tried. */
export interface Checklist {
  results: readonly CheckResult[];
  /** @returns what the check came to; null where it failed. */
  check: <T>(name: string, run: () => Promise<{ detail: string; value: T }>) => Promise<T | null>;
}

export function createChecklist(show: (result: CheckResult) => void): Checklist {
  const results: CheckResult[] = [];
  const add = (result: CheckResult) => {
    results.push(result);
    show(result);
  };
  return {
    results,
    async check(name, run) {
      try {
        const { detail, value } = await run();
        add({ name, passed: true, detail });
        return value;
      } catch (error) {
        add({ name, passed: false, detail: error instanceof Error ? error.message : String(error) });
        return null;
      }
    },
  };
}

export function formatResult({ name, passed, detail }: CheckResult): string {
  return `${passed ? 'ok  ' : 'FAIL'}  ${name.padEnd(32)} ${detail}`;
}
