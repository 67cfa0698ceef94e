import { PothosValidationError } from '@pothos/core';

/** Whether an error says that a caller's arguments make no sense together, as the Relay plugin finds out by itself. */
export function isArgumentError(error: unknown): error is Error {
  return error instanceof PothosValidationError;
}
