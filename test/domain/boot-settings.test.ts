import { describe, expect, it } from 'vitest';
import { isBootSettingSaid, resolveBootSetting } from '#domain/inventory/boot-settings.ts';
import type { BootColumns } from '#domain/inventory/boot-settings.ts';
import type { Level } from '#domain/inventory/setting-origin.ts';

const UNSET: BootColumns = { ogLiveId: null, menuId: null, pxeTemplateId: null };

function levels(said: Partial<Record<Level<BootColumns>['origin'], Partial<BootColumns>>>): Level<BootColumns>[] {
  return (['CLIENT', 'ROOM', 'CENTER'] as const).map((origin) => ({ origin, settings: { ...UNSET, ...said[origin] } }));
}

describe.each(['ogLive', 'menu', 'pxeTemplate'] as const)('the %s of a client', (setting) => {
  const column = `${setting}Id` as const;
  const byDefault =
    setting === 'pxeTemplate' ? { value: null, origin: 'NONE' } : { value: 'default', origin: 'DEFAULT' };

  it.each([
    [['CLIENT', 'ROOM', 'CENTER'], { value: 'CLIENT', origin: 'CLIENT' }],
    [['CLIENT'], { value: 'CLIENT', origin: 'CLIENT' }],
    [['ROOM', 'CENTER'], { value: 'ROOM', origin: 'ROOM' }],
    [['CENTER'], { value: 'CENTER', origin: 'CENTER' }],
    [[], byDefault],
  ] as const)('said by %j is the nearest one’s', (places, expected) => {
    const said = levels(Object.fromEntries(places.map((place) => [place, { [column]: place }])));
    expect(resolveBootSetting(setting, said, 'default')).toEqual(expected);
    expect(isBootSettingSaid(setting, said)).toBe(places.length > 0);
  });

  it('is none where nobody says one and there is no default', () => {
    expect(resolveBootSetting(setting, levels({}), null)).toEqual({ value: null, origin: 'NONE' });
  });
});

describe('what a client says of one boot setting', () => {
  it('says nothing of the others', () => {
    const said = levels({ CLIENT: { menuId: 'menu' }, CENTER: { ogLiveId: 'og-live' } });
    expect(resolveBootSetting('ogLive', said, null)).toEqual({ value: 'og-live', origin: 'CENTER' });
    expect(resolveBootSetting('pxeTemplate', said, null)).toEqual({ value: null, origin: 'NONE' });
  });
});
