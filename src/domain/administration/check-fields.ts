import { InvalidInputError } from '#domain/errors.ts';
import type { FieldGroup, FieldRule, FieldTable } from './field-rules.ts';
import type { ReferenceType } from './reference-types.ts';

/** What an administrator gave for some fields; those not said are absent. */
export type GivenFields = Readonly<Record<string, unknown>>;

export interface CheckedFields {
  /** By column. */
  data: Record<string, unknown>;
  references: { type: ReferenceType; id: string; path: readonly string[] }[];
}

/**
 * Holds every given field against its rule. `create` also misses what must be said; otherwise what is not said stays as it is.
 *
 * @throws {InvalidInputError} at the first field that is wrong.
 */
export function checkFields(
  table: FieldTable,
  given: GivenFields,
  mode: 'create' | 'update',
  path: readonly string[] = ['input'],
): CheckedFields {
  const checked: CheckedFields = { data: {}, references: [] };
  for (const [name, value] of Object.entries(given)) {
    const rule = table[name];
    if (rule === undefined) throw new Error(`there is no rule for the field ${[...path, name].join('.')}`);
    if (value !== undefined) checkField(rule, name, value, [...path, name], mode, checked);
  }
  if (mode === 'create') {
    for (const [name, rule] of Object.entries(table)) {
      if (!isGroup(rule) && rule.presence === 'always' && given[name] === undefined) {
        throw new InvalidInputError([...path, name], 'REQUIRED');
      }
    }
  }
  return checked;
}

function checkField(
  rule: FieldRule | FieldGroup,
  name: string,
  value: unknown,
  path: readonly string[],
  mode: 'create' | 'update',
  checked: CheckedFields,
): void {
  if (isGroup(rule)) {
    // An emptied group empties all that is in it.
    const inner = value === null ? emptied(rule.fields) : (value as GivenFields);
    Object.assign(checked.data, checkFields(rule.fields, inner, mode, path).data);
    return;
  }
  if (value === null && rule.presence !== 'optional') throw new InvalidInputError(path, 'REQUIRED');
  const stored = value === null ? (rule.emptied ?? null) : rule.check(value, path);
  // A text of nothing but spaces is none.
  if (stored === null && rule.presence !== 'optional') throw new InvalidInputError(path, 'EMPTY');
  checked.data[rule.column ?? name] = stored;
  if (rule.references !== undefined && typeof value === 'string') {
    checked.references.push({ type: rule.references, id: value, path });
  }
}

function emptied(table: FieldTable): GivenFields {
  return Object.fromEntries(Object.keys(table).map((name) => [name, null]));
}

function isGroup(rule: FieldRule | FieldGroup): rule is FieldGroup {
  return 'fields' in rule;
}
