import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { OverLimit } from './over-limit.ts';

/** What a mutation may have been told to wait for, on top of its own work. */
const MUTATION_WAIT_MS = 60_000;

/** The executor's own name for what ends it. */
type Endable = ExecutionArgs & { signal?: AbortSignal };

/**
 * Ends executions that take too long: fields that were not begun are not begun any more, and the caller is told instead of left waiting.
 * What a mutation has begun goes on; its record tells what became of it.
 */
export function createTimeLimit(queryTimeoutMs: number, onOverLimit: (limit: OverLimit) => void): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { document, operationName } = args as ExecutionArgs;
      const isMutation = getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION;
      const limitMs = isMutation ? queryTimeoutMs + MUTATION_WAIT_MS : queryTimeoutMs;
      setExecuteFn(async (given: Endable) => {
        const end = new AbortController();
        const timer = setTimeout(() => {
          onOverLimit('slow');
          end.abort(tookTooLong(limitMs, isMutation));
        }, limitMs);
        try {
          const signal = given.signal === undefined ? end.signal : AbortSignal.any([given.signal, end.signal]);
          return (await executeFn({ ...given, signal } as Endable)) as unknown;
        } catch (error) {
          if (end.signal.aborted) return { errors: [end.signal.reason as GraphQLError] };
          throw error;
        } finally {
          clearTimeout(timer);
        }
      });
    },
  };
}

function tookTooLong(limitMs: number, isMutation: boolean): GraphQLError {
  const rest = isMutation ? 'What it has begun goes on: look before it is sent again.' : 'Ask for less at once.';
  return new GraphQLError(`The request took longer than ${limitMs} ms. ${rest}`, {
    extensions: { code: 'REQUEST_TIMED_OUT', limitMs },
  });
}
