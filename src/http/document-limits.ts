import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Most tokens of a document: ten times the longest that a console sends. */
const MAX_TOKENS = 5000;

/**
 * Refuses documents that are long or nested beyond sense, as the caller's mistake, before they cost anything. What would
 * overflow the stack while it is read or checked is such a document too, and not a failure of ours.
 */
export function createDocumentLimits(): Plugin {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: unknown, options: object) =>
        orTooComplex(() => parseFn(source, { ...options, maxTokens: MAX_TOKENS }) as unknown),
      );
    },
    onValidate({ validateFn, setValidationFn }) {
      setValidationFn((...args: unknown[]) =>
        orTooComplex(() => (validateFn as (...all: unknown[]) => unknown)(...args)),
      );
    },
  };
}

function orTooComplex<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new GraphQLError('The document is nested too deeply.', { extensions: { code: 'QUERY_TOO_COMPLEX' } });
  }
}
