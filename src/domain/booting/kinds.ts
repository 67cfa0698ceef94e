import {
  always,
  choice,
  comments,
  flag,
  line,
  name,
  screenResolution,
  script,
  text,
  webAddress,
} from '#domain/administration/field-rules.ts';
import type { Kind, Row } from '#domain/administration/kind.ts';
import { released } from '#domain/administration/release.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';

const USED_BY = (column: string) => [released('Center', column), released('Room', column), released('Client', column)];

/** One that is the default stays it until another one becomes it: there is no moment without. */
function settleDefault(type: 'ogLive' | 'menu', firstIsDefault: boolean): NonNullable<Kind['settle']> {
  return async (tx, row, changed, id) => {
    const rows = tx[type as 'menu'];
    if (id !== null && changed['isDefault'] === false && (await isDefault(tx, type, id))) {
      throw new InvalidInputError(['input', 'isDefault'], 'DEFAULT_IS_KEPT');
    }
    if (changed['isDefault'] === true) {
      await rows.updateMany({
        where: { isDefault: true, ...(id === null ? {} : { id: { not: id } }) },
        data: { isDefault: false, recordVersion: { increment: 1 } },
      });
      return {};
    }
    const isFirst = id === null && firstIsDefault && row['isDefault'] === undefined && (await rows.count()) === 0;
    return isFirst ? { isDefault: true } : {};
  };
}

async function isDefault(tx: Transaction, type: 'ogLive' | 'menu', id: string): Promise<boolean> {
  return (await tx[type as 'menu'].findUnique({ where: { id }, select: { isDefault: true } }))?.isDefault ?? false;
}

/** The default may only go as the last of all. */
function keepDefault(type: 'ogLive' | 'menu'): NonNullable<Kind['checkDelete']> {
  return async (tx: Transaction, row: Row) => {
    if (row['isDefault'] === true && (await tx[type as 'menu'].count()) > 1) {
      throw new InvalidInputError(['input', 'id'], 'DEFAULT_IS_KEPT');
    }
  };
}

export const OG_LIVE: Kind = {
  type: 'OgLive',
  fields: {
    name: name(),
    isDefault: flag(),
    status: { ...choice(), presence: 'notNull' },
    distribution: line(100),
    kernel: line(100),
    architecture: line(50),
    revision: line(100),
    directory: line(200),
    iso: line(200),
    comments: comments(),
  },
  unique: [
    { columns: ['name'], field: 'name' },
    { columns: ['isDefault'], field: 'isDefault' },
  ],
  dependents: USED_BY('ogLiveId'),
  settle: settleDefault('ogLive', true),
  checkDelete: keepDefault('ogLive'),
};

export const MENU: Kind = {
  type: 'Menu',
  fields: {
    name: name(),
    isDefault: flag(),
    description: text(1000),
    resolution: screenResolution(),
    publicUrl: webAddress(),
    privateUrl: webAddress(),
    comments: comments(),
  },
  unique: [
    { columns: ['name'], field: 'name' },
    { columns: ['isDefault'], field: 'isDefault' },
  ],
  dependents: USED_BY('menuId'),
  settle: settleDefault('menu', true),
  checkDelete: keepDefault('menu'),
};

export const PXE_TEMPLATE: Kind = {
  type: 'PxeTemplate',
  fields: {
    name: name(),
    description: text(1000),
    firmware: choice(),
    template: always(script(20_000)),
    comments: comments(),
  },
  unique: [{ columns: ['name'], field: 'name' }],
  dependents: USED_BY('pxeTemplateId'),
};
