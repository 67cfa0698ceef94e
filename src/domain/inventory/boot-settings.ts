import type { Transaction } from '#domain/storage.ts';
import { inherit } from './setting-origin.ts';
import type { Inherited, Level } from './setting-origin.ts';

/** What a client, a room or a center says about how machines boot; null where it says nothing. */
export interface BootColumns {
  ogLiveId: string | null;
  menuId: string | null;
  pxeTemplateId: string | null;
}

export type BootSetting = 'ogLive' | 'menu' | 'pxeTemplate';

/** The id of the one that holds somewhere, and the place it comes from. A PXE template has no default. */
export function resolveBootSetting(
  setting: BootSetting,
  levels: readonly Level<BootColumns>[],
  defaultId: string | null,
): Inherited<string | null> {
  return inherit<BootColumns, string | null>(
    levels,
    (own) => own[`${setting}Id`],
    setting === 'pxeTemplate' ? null : defaultId,
  );
}

/** Whether some place says something, so that nobody need look for the default. */
export function isBootSettingSaid(setting: BootSetting, levels: readonly Level<BootColumns>[]): boolean {
  return levels.some(({ settings }) => settings[`${setting}Id`] !== null);
}

/** Which ogLive or menu is the default; null where none is, and for a PXE template, which has none. */
export async function findDefaultId(db: Transaction, setting: BootSetting): Promise<string | null> {
  if (setting === 'pxeTemplate') return null;
  const query = { where: { isDefault: true }, select: { id: true } };
  const row = setting === 'ogLive' ? await db.ogLive.findFirst(query) : await db.menu.findFirst(query);
  return row?.id ?? null;
}
