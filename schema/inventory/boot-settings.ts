import type { FieldRef } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { findDefaultId, isBootSettingSaid, resolveBootSetting } from '#domain/inventory/boot-settings.ts';
import type { BootColumns, BootSetting } from '#domain/inventory/boot-settings.ts';
import type { Inherited, Level, SettingOrigin } from '#domain/inventory/setting-origin.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { typeOf } from '#schema/pages/connection.ts';
import { SettingOriginEnum } from './setting-origin.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

/** What must be read of a client, a room or a center for what its machines boot. */
export const BOOT_COLUMNS = { ogLiveId: true, menuId: true, pxeTemplateId: true } as const;

type BootOrigins = Record<BootSetting, SettingOrigin>;

const BootOriginsType = builder.objectRef<BootOrigins>('BootOrigins').implement({
  description: 'Where each of the boot settings that hold comes from.',
  fields: (t) => ({
    ogLive: t.expose('ogLive', { type: SettingOriginEnum, description: 'Where the ogLive comes from.' }),
    menu: t.expose('menu', { type: SettingOriginEnum, description: 'Where the menu comes from.' }),
    pxeTemplate: t.expose('pxeTemplate', {
      type: SettingOriginEnum,
      description: 'Where the PXE template comes from; there is no default one.',
    }),
  }),
});

interface FieldBuilder {
  field: (options: never) => unknown;
}

interface BootFieldOptions<TRow> {
  /** Where values come from, in words: `its own, else its center’s`. */
  from: string;
  select: object;
  levels: (row: TRow) => readonly Level<BootColumns>[];
}

/** What machines boot, inherited, as fields of a client or a room, with the places that it comes from. */
export function bootFields<TRow>(
  t: FieldBuilder,
  { from, select, levels }: BootFieldOptions<TRow>,
): Record<BootSetting | 'bootOrigins', FieldRef<Types>> {
  const field = (setting: BootSetting, type: 'OgLive' | 'Menu' | 'PxeTemplate', description: string) =>
    t.field({
      type: typeOf(type),
      nullable: true,
      select,
      description,
      resolve: async (row: TRow, _args: object, context: Context, info: GraphQLResolveInfo) => {
        const { value: id } = await settle(context, setting, levels(row));
        return id === null ? null : findRow(context, setting, { ...queryFromInfo({ context, info }), where: { id } });
      },
    } as never) as FieldRef<Types>;
  return {
    ogLive: field(
      'ogLive',
      'OgLive',
      `ogLive that is booted: ${from}, else the default one; null where there is none.`,
    ),
    menu: field('menu', 'Menu', `Menú (Menu) that is shown: ${from}, else the default one; null where there is none.`),
    pxeTemplate: field(
      'pxeTemplate',
      'PxeTemplate',
      `Plantilla PXE (PxeTemplate) that is booted by: ${from}; null where none is set.`,
    ),
    bootOrigins: t.field({
      type: BootOriginsType,
      select,
      description: 'Where `ogLive`, `menu` and `pxeTemplate` come from.',
      resolve: async (row: TRow, _args: object, context: Context): Promise<BootOrigins> => {
        const [ogLive, menu, pxeTemplate] = await Promise.all(
          (['ogLive', 'menu', 'pxeTemplate'] as const).map((setting) => settle(context, setting, levels(row))),
        );
        return {
          ogLive: ogLive?.origin ?? 'NONE',
          menu: menu?.origin ?? 'NONE',
          pxeTemplate: pxeTemplate?.origin ?? 'NONE',
        };
      },
    } as never) as FieldRef<Types>,
  };
}

async function settle(
  context: Context,
  setting: BootSetting,
  levels: readonly Level<BootColumns>[],
): Promise<Inherited<string | null>> {
  const defaultId = isBootSettingSaid(setting, levels) ? null : await defaultIdOf(context, setting);
  return resolveBootSetting(setting, levels, defaultId);
}

/** Every client asks for the same three: each is looked for once. */
const defaultIdOf = batchByRequest(async (context, settings: readonly BootSetting[]) => {
  const asked = [...new Set(settings)];
  const ids = await Promise.all(asked.map((setting) => findDefaultId(databaseOf(context), setting)));
  return settings.map((setting) => ids[asked.indexOf(setting)] ?? null);
});

function findRow(context: Context, setting: BootSetting, query: { where: { id: string } }): Promise<object | null> {
  const db = databaseOf(context);
  switch (setting) {
    case 'ogLive':
      return db.ogLive.findUnique(query);
    case 'menu':
      return db.menu.findUnique(query);
    case 'pxeTemplate':
      return db.pxeTemplate.findUnique(query);
  }
}
