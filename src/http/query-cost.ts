import { GraphQLError, Kind, getOperationAST } from 'graphql';
import type { ExecutionArgs, ExecutionResult, FragmentDefinitionNode } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import { costOf } from '#schema/cost/cost-of.ts';
import type { QueryCost } from '#schema/cost/query-cost.ts';
import type { OverLimit } from './over-limit.ts';

/**
 * Refuses operations whose answer may hold too many objects, before anything is read for it, and says with each answer what it has cost. The
 * events of a subscription are charged once, when it begins.
 */
export function createQueryCostLimit(limit: number, onOverLimit: (limit: OverLimit) => void): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const cost = costOfExecution(args, limit);
      if (cost === null) return undefined;
      if (cost.requested > limit) {
        onOverLimit('expensive');
        setResultAndStopExecution(refuse(cost));
        return undefined;
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (isAsyncIterable(result)) return;
          const { extensions, ...rest } = result as ExecutionResult;
          setResult({ ...rest, extensions: { ...extensions, cost } });
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const cost = costOfExecution(args, limit);
      if (cost === null || cost.requested <= limit) return;
      onOverLimit('expensive');
      setResultAndStopExecution(refuse(cost));
    },
  };
}

/** @returns null where there is no such operation: that is somebody else's to say. */
function costOfExecution(args: ExecutionArgs, limit: number): QueryCost | null {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return { requested: costOf({ schema, operation, fragments, variableValues: variableValues ?? {} }), limit };
}

function refuse(cost: QueryCost): ExecutionResult {
  return {
    errors: [
      new GraphQLError(
        `The answer may hold ${cost.requested} objects, and at most ${cost.limit} are allowed: ask for shorter pages, or for fewer lists inside of lists.`,
        { extensions: { code: 'QUERY_TOO_EXPENSIVE', cost } },
      ),
    ],
  };
}
