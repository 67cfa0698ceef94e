import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import { DomainError } from '#domain/errors.ts';
import { errorMessage } from '#domain/messages.ts';
import type { Logger } from '#lib/logger.ts';
import { isArgumentError } from '#schema/argument-error.ts';
import type { Context } from '#schema/context.ts';

/**
 * What callers learn of errors, on every transport: expected ones as they are, in their language; unexpected ones only as a
 * request id, under which the log has all of it.
 */
export function createErrorMasking(log: Logger): Plugin<Context> {
  const maskResult = (result: ExecutionResult, context: Context): ExecutionResult =>
    result.errors === undefined
      ? result
      : { ...result, errors: result.errors.map((error) => maskError(error, context, log)) };
  return {
    onExecute: ({ args }) => ({
      onExecuteDone({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult(maskResult(result, args.contextValue));
      },
    }),
    onSubscribe: ({ args }) => ({
      onSubscribeResult({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult(maskResult(result, args.contextValue));
        return {
          onNext({ result: next, setResult: setNext }) {
            if (!isAsyncIterable(next)) setNext(maskResult(next, args.contextValue));
          },
        };
      },
      onSubscribeError({ error, setError }) {
        setError(maskError(error, args.contextValue, log));
      },
    }),
  };
}

function maskError(error: unknown, { requestId, locale }: Context, log: Logger): GraphQLError {
  const original = error instanceof GraphQLError ? (error.cause ?? null) : error;
  const place =
    error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : { path: null };
  if (original instanceof DomainError) {
    return new GraphQLError(errorMessage(original, locale), {
      ...place,
      extensions: { code: original.code, path: [...original.path] },
    });
  }
  if (isArgumentError(original)) {
    return new GraphQLError(original.message, { ...place, extensions: { code: 'INVALID_ARGUMENT' } });
  }
  if (error instanceof GraphQLError && (original === null || original instanceof GraphQLError)) {
    if (error.extensions['code'] !== undefined) return error;
    // The executor's own words. Of variables it speaks before any field is reached.
    if (place.path === null || error.message.startsWith('Argument "')) {
      return new GraphQLError(error.message, { ...place, extensions: { code: 'INVALID_ARGUMENT' } });
    }
  }
  // Variables are read before any field is: what overflows the stack there is as deep as it was sent.
  if (original instanceof RangeError && place.path === null) {
    return new GraphQLError('The variables are nested too deeply.', { extensions: { code: 'QUERY_TOO_COMPLEX' } });
  }
  log.error({ err: original, requestId }, 'unexpected error');
  return new GraphQLError(locale === 'es' ? 'Error inesperado.' : 'Unexpected error.', {
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  });
}
