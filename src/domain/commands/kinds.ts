import { choice, comments, flag, name, notNull, script, text } from '#domain/administration/field-rules.ts';
import type { Kind } from '#domain/administration/kind.ts';
import { released } from '#domain/administration/release.ts';
import { InvalidInputError } from '#domain/errors.ts';

/** As long as ogCore takes them. */
export const MAX_SCRIPT_LENGTH = 10_000;

export const COMMAND: Kind = {
  type: 'Command',
  fields: {
    name: name(),
    action: notNull(choice()),
    script: script(MAX_SCRIPT_LENGTH),
    hasParameters: flag(),
    description: text(1000),
    comments: comments(),
  },
  unique: [{ columns: ['name'], field: 'name' }],
  dependents: [released('Client', 'autoexecId')],
  settle: async (_tx, row) => {
    const runsScript = (row['action'] ?? 'RUN_SCRIPT') === 'RUN_SCRIPT';
    if (runsScript && (row['script'] ?? null) === null) {
      throw new InvalidInputError(['input', 'script'], 'SCRIPT_REQUIRED');
    }
    return {};
  },
};
