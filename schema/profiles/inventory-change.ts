import { GraphQLError } from 'graphql';
import { readStoredItems } from '#domain/profiles/inventory-difference.ts';
import type { InventoryItem } from '#domain/profiles/inventory-difference.ts';
import type { HardwareKind, InventoryKind, SoftwareKind } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated } from '#schema/pages/connection.ts';
import { newestFirst } from '#schema/pages/order.ts';
import { HardwareKindEnum, SoftwareKindEnum } from './item-kinds.ts';

const KIND_DESCRIPTIONS: Record<InventoryKind, string> = {
  HARDWARE: 'What the machine is made of.',
  SOFTWARE: 'What is installed on one of its partitions.',
};

const InventoryKindEnum = builder.enumType('InventoryKind', {
  description: 'What an inventory (inventario) lists.',
  values: describeValues(KIND_DESCRIPTIONS),
});

interface ItemShape extends InventoryItem {
  of: InventoryKind;
}

const InventoryItemType = builder.objectRef<ItemShape>('InventoryItem').implement({
  description: 'One thing that an inventory found, or did not find any more.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'What it is, as the machine’s agent reported it.' }),
    hardwareKind: t.field({
      type: HardwareKindEnum,
      nullable: true,
      description: 'Tipo of a piece of hardware; null for software.',
      resolve: ({ of, kind }) => (of === 'HARDWARE' ? (kind as HardwareKind) : null),
    }),
    softwareKind: t.field({
      type: SoftwareKindEnum,
      nullable: true,
      description: 'Tipo of software; null for a piece of hardware.',
      resolve: ({ of, kind }) => (of === 'SOFTWARE' ? (kind as SoftwareKind) : null),
    }),
  }),
});

const MAX_ITEMS = 1000;
const USUAL_ITEMS = 100;

/** @throws {GraphQLError} PAGE_SIZE_OUT_OF_RANGE: a list cut short in silence looks like the whole of it. */
function firstItems(of: InventoryKind, stored: unknown, first: number): ItemShape[] {
  if (first < 0 || first > MAX_ITEMS) {
    throw new GraphQLError(`«first» must be 0 to ${MAX_ITEMS}.`, { extensions: { code: 'PAGE_SIZE_OUT_OF_RANGE' } });
  }
  return readStoredItems(stored)
    .slice(0, first)
    .map((item) => ({ ...item, of }));
}

builder.prismaNode('InventoryChange', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Cambio de inventario (InventoryChange): what an inventory found otherwise than the one before. One that found the same left none. Permission: read.',
  fields: (t) => {
    const firstArg = {
      first: t.arg.int({ defaultValue: USUAL_ITEMS, required: true, description: `How many, 0 to ${MAX_ITEMS}.` }),
    };
    return {
      kind: t.expose('kind', { type: InventoryKindEnum, description: 'Tipo: hardware or software.' }),
      disk: t.exposeInt('disk', {
        nullable: true,
        description: 'Number of the disk (disco) with that partition; null for hardware.',
      }),
      partition: t.exposeInt('partition', {
        nullable: true,
        description: 'Number of the partition (partición) whose software it is; null for hardware.',
      }),
      at: t.expose('at', { type: 'DateTime', description: 'When the agent reported it.' }),
      isFirst: t.exposeBoolean('isFirst', {
        description: 'Whether nothing was known before: everything that was found counts as added then.',
      }),
      client: t.relation('client', { description: 'Cliente (Client) that was looked at.' }),
      trace: t.relation('trace', {
        nullable: true,
        description: 'Traza (Trace) of the inventory; null once that is deleted.',
      }),
      addedCount: t.int({
        select: { added: true },
        description: 'How many things are there that were not.',
        resolve: ({ added }) => readStoredItems(added).length,
      }),
      removedCount: t.int({
        select: { removed: true },
        description: 'How many things were there that are not.',
        resolve: ({ removed }) => readStoredItems(removed).length,
      }),
      added: t.field({
        type: [InventoryItemType],
        select: { kind: true, added: true },
        args: firstArg,
        description: 'What is there that was not, in the inventory’s order.',
        resolve: ({ kind, added }, { first }) => firstItems(kind, added, first),
      }),
      removed: t.field({
        type: [InventoryItemType],
        select: { kind: true, removed: true },
        args: firstArg,
        description: 'What was there that is not.',
        resolve: ({ kind, removed }, { first }) => firstItems(kind, removed, first),
      }),
    };
  },
});

builder.prismaObjectField('Client', 'inventoryChanges', (t) =>
  listRelated(t, 'inventoryChanges', {
    model: 'InventoryChange',
    order: newestFirst,
    args: { kind: t.arg({ type: InventoryKindEnum, description: 'Only of this kind; both where left out.' }) },
    where: ({ kind }) => (kind === null || kind === undefined ? {} : { kind }),
    description:
      'Cambios de inventario (InventoryChanges): what its inventories found otherwise each time, newest first.',
  }),
);
