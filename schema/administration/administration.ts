import type { InputFieldMap, ObjectRef } from '@pothos/core';
import { encodeGlobalID } from '@pothos/plugin-relay';
import type { GivenFields } from '#domain/administration/check-fields.ts';
import type { FieldRule, FieldTable } from '#domain/administration/field-rules.ts';
import type { Kind } from '#domain/administration/kind.ts';
import { AlreadyExistsError, InUseError, InvalidInputError, NotFoundError, StaleVersionError } from '#domain/errors.ts';
import type { Usage } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { UsageType } from '#schema/errors.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

type Types = (typeof builder)['$inferSchemaTypes'];
export type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

interface AdministrationOptions {
  kind: Kind;
  /** Spanish term and type: `Aula (Room)`. */
  words: string;
  /** The fields of the inputs; `isNew` in the one that makes a thing, where some are required. */
  fields: (t: InputBuilder, isNew: boolean) => InputFieldMap;
  /** What becomes of what hangs from it when it is deleted with `cascade`. */
  cascade: string;
  /** Other verb than «create», where making the thing itself is not what is meant. */
  verb?: 'register';
  /** Anything else there is to say of making one. */
  note?: string;
}

/**
 * The three mutations by which administrators keep one kind of thing: create (or register), update and delete, each with its input, its
 * payload and its errors. What the fields must be, the domain's kind says.
 */
export function declareAdministration(options: AdministrationOptions): void {
  declareCreate(options);
  declareUpdate(options);
  declareDelete(options);
}

function declareCreate({ kind, words, fields, verb, note = '' }: AdministrationOptions): void {
  const field = `${verb ?? 'create'}${kind.type}`;
  const name = capitalize(field);
  const Input = builder.inputType(`${name}Input`, {
    description: `What the new ${words} is. Text is trimmed.`,
    fields: (t) => fields(t, true) as never,
  });
  const Payload = declarePayload(`${name}Payload`, kind, `The new ${words}.`);
  builder.mutationField(field, (t) =>
    t.field({
      type: Payload,
      args: { input: t.arg({ type: Input, required: true, description: `What the new ${words} is.` }) },
      errors: {
        types: [InvalidInputError, NotFoundError, AlreadyExistsError],
        union: { name: `${name}Result`, description: `The new ${words}, or why there is none.` },
      },
      description: `${verb === undefined ? 'Crea (creates)' : 'Registra (registers)'} ${withArticle(words)}.${note} Permission: administer.`,
      resolve: async (_root, { input }, { services, principal }) => {
        const { create } = services.administration[kind.type];
        return { id: await create(readGiven(kind, input), principal) };
      },
    }),
  );
}

function declareUpdate({ kind, words, fields }: AdministrationOptions): void {
  const name = `Update${kind.type}`;
  const Input = builder.inputType(`${name}Input`, {
    description: `What changes of ${withArticle(words)}: fields not given stay as they are, and null empties one that may be empty.`,
    fields: (t) =>
      ({
        id: t.id({ required: true, description: `Id of the ${words}.` }),
        expectedVersion: expectedVersion(t),
        ...fields(t, false),
      }) as never,
  });
  const Payload = declarePayload(`${name}Payload`, kind, `The ${words} as it is now.`);
  builder.mutationField(`update${kind.type}`, (t) =>
    t.field({
      type: Payload,
      args: { input: t.arg({ type: Input, required: true, description: 'Which one, and what changes of it.' }) },
      errors: {
        types: [InvalidInputError, NotFoundError, AlreadyExistsError, StaleVersionError],
        union: { name: `${name}Result`, description: `The changed ${words}, or why nothing was changed.` },
      },
      description: `Modifica (changes) ${withArticle(words)}. With \`expectedVersion\` nobody’s change is overwritten. Permission: administer.`,
      resolve: async (_root, { input }, { services, principal }) => {
        const { id: globalId, expectedVersion: version, ...given } = input as unknown as TargetInput & GivenFields;
        const id = requireId(globalId, kind.type, ['input', 'id']);
        const { update } = services.administration[kind.type];
        await update({ id, expectedVersion: version ?? null }, readGiven(kind, given), principal);
        return { id };
      },
    }),
  );
}

interface TargetInput {
  id: string;
  expectedVersion?: number | null;
}

function declareDelete({ kind, words, cascade }: AdministrationOptions): void {
  const name = `Delete${kind.type}`;
  const Input = builder.inputType(`${name}Input`, {
    description: `Which ${words} to delete.`,
    fields: (t) => ({
      id: t.id({ required: true, description: `Id of the ${words}.` }),
      expectedVersion: expectedVersion(t),
      cascade: t.boolean({
        required: true,
        defaultValue: false,
        description: `Whether to delete it although things hang from it: ${cascade}`,
      }),
    }),
  });
  const Payload = builder.objectRef<{ id: string; deleted: readonly Usage[] }>(`${name}Payload`).implement({
    description: `The ${words} is gone.`,
    fields: (t) => ({
      cursor: payloadCursor(t),
      deletedId: t.id({
        description: 'The id that names nothing any more.',
        resolve: ({ id }) => encodeGlobalID(kind.type, id),
      }),
      affected: t.field({
        type: [UsageType],
        description: 'What hung from it and was deleted or let go with it; a line a type.',
        resolve: ({ deleted }) => [...deleted],
      }),
    }),
  });
  builder.mutationField(`delete${kind.type}`, (t) =>
    t.field({
      type: Payload,
      args: { input: t.arg({ type: Input, required: true, description: 'Which one to delete.' }) },
      errors: {
        types: [InvalidInputError, NotFoundError, StaleVersionError, InUseError],
        union: { name: `${name}Result`, description: 'That it is gone, or why it is not.' },
      },
      description: `Borra (deletes) ${withArticle(words)}. Where things hang from it, an error says how many of what. Permission: administer.`,
      resolve: async (_root, { input }, { services, principal }) => {
        const id = requireId(input.id, kind.type, ['input', 'id']);
        const target = { id, expectedVersion: input.expectedVersion ?? null, cascade: input.cascade };
        const { delete: remove } = services.administration[kind.type];
        return { id, deleted: await remove(target, principal) };
      },
    }),
  );
}

function expectedVersion(t: InputBuilder) {
  return t.int({
    description:
      'The `recordVersion` that the change was decided on: where it is another one by now, StaleVersionError and nothing changes. Left out: whatever it is.',
  });
}

function declarePayload(name: string, { type }: Kind, description: string): ObjectRef<Types, { id: string }> {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      cursor: payloadCursor(t),
      [`${type.charAt(0).toLowerCase()}${type.slice(1)}`]: t.prismaField({
        type,
        description,
        resolve: ((query: object, { id }: { id: string }, _args: unknown, context: Context) => {
          const rows = databaseOf(context) as unknown as Record<
            string,
            { findUniqueOrThrow: (query: object) => Promise<object> }
          >;
          return rows[`${type.charAt(0).toLowerCase()}${type.slice(1)}`]?.findUniqueOrThrow({
            ...query,
            where: { id },
          });
        }) as never,
      }),
    }),
  });
}

/** An input as the domain takes it: what is not said is absent, and ids are our own. */
function readGiven(kind: Kind, input: object): GivenFields {
  return readTable(kind.fields, input as GivenFields, ['input'], kind.rest ?? []);
}

function readTable(
  table: FieldTable,
  input: GivenFields,
  path: readonly string[],
  rest: readonly string[],
): GivenFields {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const rule = table[name];
      return [name, readValue(rule as FieldRule | undefined, value, [...path, name], rest.includes(name))];
    }),
  );
}

function readValue(rule: FieldRule | undefined, value: unknown, path: readonly string[], isRest: boolean): unknown {
  if (value === null || value === undefined) return value;
  if (isRest) return readItems(value as readonly GivenFields[], path);
  return rule?.references === undefined || typeof value !== 'string' ? value : requireId(value, rule.references, path);
}

/** The items of a list within an input; the one reference that they may have is to a repository. */
function readItems(items: readonly GivenFields[], path: readonly string[]): GivenFields[] {
  return items.map((item, index) =>
    typeof item['repositoryId'] === 'string'
      ? {
          ...item,
          repositoryId: requireId(item['repositoryId'], 'Repository', [...path, String(index), 'repositoryId']),
        }
      : { ...item },
  );
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function withArticle(words: string): string {
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`;
}
