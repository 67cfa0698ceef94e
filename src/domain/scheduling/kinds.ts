import { always, reference } from '#domain/administration/field-rules.ts';
import type { Kind } from '#domain/administration/kind.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { BLACKOUT_FIELDS } from './schedule-fields.ts';

export const BLACKOUT: Kind = {
  type: 'Blackout',
  fields: { roomId: always(reference('Room')), ...BLACKOUT_FIELDS },
  // Of one event of a calendar only: of those entered by hand any number may begin together.
  unique: [{ columns: ['calendarId', 'uid', 'startsAt'], field: 'startsAt' }],
  dependents: [],
  settle: async (_tx, { startsAt, endsAt }) => {
    if (startsAt instanceof Date && endsAt instanceof Date && endsAt <= startsAt) {
      throw new InvalidInputError(['input', 'endsAt'], 'ENDS_BEFORE_START');
    }
    return {};
  },
};
