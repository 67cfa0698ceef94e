import { checkFields } from '#domain/administration/check-fields.ts';
import type { GivenFields } from '#domain/administration/check-fields.ts';
import { always, choice, comments, line, name, text } from '#domain/administration/field-rules.ts';
import type { FieldTable } from '#domain/administration/field-rules.ts';
import type { Kind, Row } from '#domain/administration/kind.ts';
import { released } from '#domain/administration/release.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { HARDWARE, SOFTWARE, setItems } from './catalogue.ts';

/** Most items of one profile: an inventory of a well-filled machine has some thousands of packages. */
export const MAX_PROFILE_ITEMS = 10_000;

const COMPONENT: FieldTable = { kind: always(choice()), description: always(line(500)) };
const PACKAGE: FieldTable = { kind: always(choice()), name: always(line(500)) };

/** The items of a profile, each once. @throws {InvalidInputError} at the item that is wrong. */
function checkItems(field: string, table: FieldTable, given: unknown): Row[] {
  const items = (given ?? []) as readonly GivenFields[];
  if (items.length > MAX_PROFILE_ITEMS) {
    throw new InvalidInputError(['input', field], 'TOO_MANY', { max: MAX_PROFILE_ITEMS });
  }
  const checked = items.map((item, index) => checkFields(table, item, 'create', ['input', field, String(index)]).data);
  return [...new Map(checked.map((item) => [JSON.stringify(Object.values(item)), item])).values()];
}

/** Pieces and packages are kept once, whichever profiles have them: those that are new are added, and then named. */
async function writeComponents(tx: Transaction, profileId: string, rest: Row): Promise<void> {
  const items = checkItems('components', COMPONENT, rest['components']);
  const given = items.map((item) => ({ kind: String(item['kind']), text: String(item['description']) }));
  await setItems(tx, HARDWARE, profileId, given);
}

async function writeSoftware(tx: Transaction, profileId: string, rest: Row): Promise<void> {
  const items = checkItems('software', PACKAGE, rest['software']);
  const given = items.map((item) => ({ kind: String(item['kind']), text: String(item['name']) }));
  await setItems(tx, SOFTWARE, profileId, given);
}

export const HARDWARE_PROFILE: Kind = {
  type: 'HardwareProfile',
  fields: { name: name(), description: text(1000), comments: comments() },
  unique: [{ columns: ['name'], field: 'name' }],
  dependents: [released('Client', 'hardwareProfileId')],
  rest: ['components'],
  writeRest: (tx, id, rest) => ('components' in rest ? writeComponents(tx, id, rest) : Promise.resolve()),
};

export const SOFTWARE_PROFILE: Kind = {
  type: 'SoftwareProfile',
  fields: { name: name(), description: text(1000), comments: comments() },
  unique: [{ columns: ['name'], field: 'name' }],
  dependents: [released('Image', 'softwareProfileId'), released('Partition', 'softwareProfileId')],
  rest: ['software'],
  writeRest: (tx, id, rest) => ('software' in rest ? writeSoftware(tx, id, rest) : Promise.resolve()),
};
