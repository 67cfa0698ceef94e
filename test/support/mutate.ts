import { isUnionType } from 'graphql';
import { toSchema } from '#schema/index.ts';
import { ask } from './ask.ts';

const FAULTS: Readonly<Record<string, string>> = {
  InvalidInputError: 'fault',
  AlreadyExistsError: 'existingId',
  StaleVersionError: 'currentVersion',
  RepositoryFailedError: 'reachable',
  InUseError: 'usedBy { type count } canCascade',
  ImportRefusedError: 'rows { line problems { code field } } problems { code line }',
};

const schema = toSchema();

/** Sends a mutation and gives what it answers, errors of its union with all that they say. Top-level errors fail the test. */
export async function mutate(
  url: string,
  name: string,
  input: object,
  selection = '',
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const typeName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const union = schema.getType(`${typeName}Result`);
  const members = isUnionType(union) ? union.getTypes().map((member) => member.name) : [];
  const faults = Object.entries(FAULTS)
    .filter(([error]) => members.includes(error))
    .map(([error, fields]) => `... on ${error} { ${fields} }`);
  const query = `mutation M($input: ${typeName}Input!) { ${name}(input: $input) {
    __typename ... on Error { code message path } ${faults.join(' ')} ... on ${typeName}Payload { ${selection || '__typename'} } } }`;
  const { data, errors, text } = await ask(url, query, { input }, headers);
  if (errors !== undefined || !data) throw new Error(text);
  return data[name] as Record<string, unknown>;
}
