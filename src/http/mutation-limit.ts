import type { IncomingMessage } from 'node:http';
import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createTokenBuckets } from '#lib/token-buckets.ts';
import { countRootFields } from './document-shape.ts';
import type { OverLimit } from './over-limit.ts';
import { networkOf } from './sender-of.ts';
import type { SenderOf } from './sender-of.ts';

interface Options {
  perMinute: number;
  senderOf: SenderOf;
  onOverLimit: (limit: OverLimit) => void;
}

/** Lets each address change so much in a minute and no more; each field of a mutation counts, however many one request carries. */
export function createMutationLimit({ perMinute, senderOf, onOverLimit }: Options): Plugin {
  const buckets = createTokenBuckets({ perMinute });
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { document, operationName, contextValue } = args as ExecutionArgs;
      const operation = getOperationAST(document, operationName);
      if (operation?.operation !== OperationTypeNode.MUTATION) return;
      const { req, request } = contextValue as { req: IncomingMessage; request?: Request };
      const seconds = buckets.take(networkOf(senderOf(req)), countRootFields(document, operation));
      if (seconds === 0) return;
      onOverLimit('mutations');
      // Becomes the status of an answer over HTTP, and is no part of its body; a socket's answers have none.
      const http = { status: 429, headers: { 'retry-after': String(seconds) } };
      setResultAndStopExecution({ errors: [tooMany(perMinute, seconds, request === undefined ? {} : { http })] });
    },
  };
}

function tooMany(perMinute: number, retryAfterSeconds: number, http: object): GraphQLError {
  return new GraphQLError(
    `At most ${perMinute} mutations in a minute are taken from one address: try again in ${retryAfterSeconds} s.`,
    { extensions: { code: 'RATE_LIMITED', retryAfterSeconds, ...http } },
  );
}
