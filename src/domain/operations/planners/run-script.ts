import { MAX_SCRIPT_LENGTH } from '#domain/commands/kinds.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { OrderOf } from '#domain/operations/operation-order.ts';
import type { Planner } from '#domain/operations/planner.ts';
import type { Transaction } from '#domain/storage.ts';
import { isStorable } from '#lib/storable-text.ts';

export const runScript: Planner<'RUN_SCRIPT'> = {
  check({ script, commandId, parameters }) {
    checkParameters(parameters);
    if (commandId !== null) return;
    const text = script ?? '';
    if (text.trim() === '') throw new InvalidInputError(['input', 'script'], 'EMPTY');
    if (text.length > MAX_SCRIPT_LENGTH) {
      throw new InvalidInputError(['input', 'script'], 'TOO_LONG', { max: MAX_SCRIPT_LENGTH });
    }
    if (!isStorable(text)) throw new InvalidInputError(['input', 'script'], 'BAD_CHARACTERS');
  },
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  async prepare(tx, order) {
    const input = { action: 'RUN_SCRIPT', ...(await readScript(tx, order)) } as const;
    return () => ({ reasons: [], input });
  },
};

/** A stored command is run as it is now, and the trace keeps what was run. */
async function readScript(tx: Transaction, { script, commandId, parameters }: OrderOf<'RUN_SCRIPT'>) {
  if (commandId === null) {
    checkInterpreter(script ?? '', parameters);
    return { script: script ?? '', parameters, commandId, commandName: null };
  }
  const command = await tx.command.findUnique({
    where: { id: commandId },
    select: { name: true, script: true, hasParameters: true },
  });
  if (command === null) throw new NotFoundError(['input', 'commandId'], 'Command');
  if (command.script === null) throw new InvalidInputError(['input', 'commandId'], 'SCRIPT_REQUIRED');
  if (parameters.length > 0 && !command.hasParameters) {
    throw new InvalidInputError(['input', 'parameters'], 'NO_PARAMETERS');
  }
  checkInterpreter(command.script, parameters);
  return { script: command.script, parameters, commandId, commandName: command.name };
}

const MAX_PARAMETERS = 50;
const MAX_PARAMETER_LENGTH = 1000;

function checkParameters(parameters: readonly string[]): void {
  const path = ['input', 'parameters'];
  if (parameters.length > MAX_PARAMETERS) throw new InvalidInputError(path, 'TOO_MANY', { max: MAX_PARAMETERS });
  for (const [index, parameter] of parameters.entries()) {
    const at = [...path, String(index)];
    if (parameter.length > MAX_PARAMETER_LENGTH) {
      throw new InvalidInputError(at, 'TOO_LONG', { max: MAX_PARAMETER_LENGTH });
    }
    if (!isStorable(parameter)) throw new InvalidInputError(at, 'BAD_CHARACTERS');
  }
}

/** Parameters reach a script as those of a shell do; what another interpreter would make of them, nobody knows. */
function checkInterpreter(script: string, parameters: readonly string[]): void {
  const [, interpreter] = /^#!(.*)/.exec(script) ?? [];
  if (parameters.length === 0 || interpreter === undefined || /\b(?:ba|da|k|z)?sh\b/.test(interpreter)) return;
  throw new InvalidInputError(['input', 'parameters'], 'NOT_A_SHELL_SCRIPT');
}
