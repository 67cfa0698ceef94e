import { GraphQLError } from 'graphql';

/** Refuses a value that a caller gave, without repeating it at length. */
export function refuseValue(type: string, expected: string): never {
  throw new GraphQLError(`${type} cannot represent this value: ${expected} is expected.`, {
    extensions: { code: 'INVALID_SCALAR', type },
  });
}
