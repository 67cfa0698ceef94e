import type { Answer } from './ask.ts';

/** One root field of an answer. Errors fail the test. */
export function readField({ data, errors }: Pick<Answer, 'data' | 'errors'>, name: string): unknown {
  if (errors !== undefined || data?.[name] === undefined) throw new Error(`no ${name}: ${JSON.stringify(errors)}`);
  return data[name];
}
