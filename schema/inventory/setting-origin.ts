import type { SettingOrigin } from '#domain/inventory/setting-origin.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const DESCRIPTIONS: Record<SettingOrigin, string> = {
  CLIENT: 'Del cliente (Client): set for this one machine.',
  ROOM: 'Del aula (Room): set for the room that was asked, or that the client asked stands in.',
  CENTER: 'Del centro (Center): set for the center that was asked, or that the room or client asked belongs to.',
  DEFAULT: 'Por defecto: none of them sets it, and the server’s default holds.',
  NONE: 'Sin valor: none of them sets it, and there is no default.',
};

export const SettingOriginEnum = builder.enumType('SettingOrigin', {
  description:
    'Where a value comes from: the nearest place that sets it, client before room before center. What is asked of a room never comes from a client, and what is asked of a center from neither.',
  values: describeValues(DESCRIPTIONS),
});
