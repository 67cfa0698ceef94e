import { GraphQLError } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { measureDocument } from './document-shape.ts';
import type { DocumentShape } from './document-shape.ts';
import type { OverLimit } from './over-limit.ts';

/** How much a document may hold, fragments written out. */
export interface DocumentLimits extends DocumentShape {
  /** Words and signs of the text. */
  tokens: number;
}

const WORDS: Record<keyof DocumentShape, string> = {
  depth: 'fields inside of one another',
  aliases: 'aliases',
  rootFields: 'fields of an operation',
  directives: 'directives',
};

/**
 * Refuses documents that are long, wide or nested beyond sense, as the caller's mistake, before they are validated: comparing thousands of
 * fields with one another is what such documents are written for. What would overflow the stack while it is read or checked is such a
 * document too, and not a failure of ours.
 */
export function createDocumentLimits(limits: DocumentLimits, onOverLimit: (limit: OverLimit) => void): Plugin {
  const orTooComplex = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      onOverLimit('complex');
      throw new GraphQLError('The document is nested too deeply.', { extensions: { code: 'QUERY_TOO_COMPLEX' } });
    }
  };
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: unknown, options: object) =>
        orTooComplex(() => parseFn(source, { ...options, maxTokens: limits.tokens }) as unknown),
      );
    },
    onValidate({ validateFn, setValidationFn }) {
      const validate = validateFn as (schema: unknown, document: DocumentNode, ...rest: unknown[]) => unknown;
      setValidationFn((schema: unknown, document: DocumentNode, ...rest: unknown[]) =>
        orTooComplex(() => {
          const excess = findExcess(measureDocument(document), limits);
          if (excess === null) return validate(schema, document, ...rest);
          onOverLimit('complex');
          return [excess];
        }),
      );
    },
  };
}

function findExcess(shape: DocumentShape, limits: DocumentLimits): GraphQLError | null {
  const limit = (Object.keys(WORDS) as (keyof DocumentShape)[]).find((name) => shape[name] > limits[name]);
  if (limit === undefined) return null;
  const max = limits[limit];
  return new GraphQLError(`A document may have at most ${max} ${WORDS[limit]}, fragments written out.`, {
    extensions: { code: 'QUERY_TOO_COMPLEX', limit, max },
  });
}
