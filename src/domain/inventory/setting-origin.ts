/** Where a setting that may be inherited comes from: the nearest place that says something. */
export type SettingOrigin = 'CLIENT' | 'ROOM' | 'CENTER' | 'DEFAULT' | 'NONE';

/** What one place says; places are listed from the nearest outwards. */
export interface Level<TSettings> {
  origin: 'CLIENT' | 'ROOM' | 'CENTER';
  settings: TSettings;
}

export interface Inherited<TValue> {
  value: TValue;
  origin: SettingOrigin;
}

/** The value of the nearest place that has one, or else the default, which may be none. */
export function inherit<TSettings, TValue>(
  levels: readonly Level<TSettings>[],
  read: (settings: TSettings) => TValue | null,
  byDefault: TValue,
): Inherited<TValue> {
  for (const { origin, settings } of levels) {
    const value = read(settings);
    if (value !== null) return { value, origin };
  }
  return { value: byDefault, origin: byDefault === null ? 'NONE' : 'DEFAULT' };
}
