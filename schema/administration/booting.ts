import { MENU, OG_LIVE, PXE_TEMPLATE } from '#domain/booting/kinds.ts';
import { OgLiveStatusEnum } from '#schema/booting/og-live-status.ts';
import { FirmwareEnum } from '#schema/inventory/firmware.ts';
import { declareAdministration } from './administration.ts';
import { commentsField, nameField } from './shared-inputs.ts';

const RELEASE = 'centers, rooms and clients that it was set for take what is set above them.';

declareAdministration({
  kind: OG_LIVE,
  words: 'ogLive (OgLive)',
  cascade: `${RELEASE} The default cannot be deleted while there are others.`,
  note: ' The first one is the default.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among ogLives'),
    isDefault: t.boolean({
      description:
        'Whether it is what machines boot that nothing else is said of. True takes that from the one that was.',
    }),
    status: t.field({ type: OgLiveStatusEnum, description: 'Estado; INSTALLED when left out of a new one.' }),
    distribution: t.string({ description: 'Distribución, such as `noble`.' }),
    kernel: t.string({ description: 'Kernel, such as `6.8.0-31-generic`.' }),
    architecture: t.string({ description: 'Arquitectura, such as `amd64`.' }),
    revision: t.string({ description: 'Revisión, such as `r20241120`.' }),
    directory: t.string({ description: 'Directorio on ogBoot, at most 200 characters.' }),
    iso: t.string({ description: 'Name of the ISO file it came from, at most 200 characters.' }),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: MENU,
  words: 'Menú (Menu)',
  cascade: `${RELEASE} The default cannot be deleted while there are others.`,
  note: ' The first one is the default.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among menus'),
    isDefault: t.boolean({
      description: 'Whether machines show it that nothing else is said of. True takes that from the one that was.',
    }),
    description: t.string({ description: 'Descripción, at most 1000 characters.' }),
    resolution: t.string({ description: 'Resolution it is made for, such as `1024x768`.' }),
    publicUrl: t.string({ description: 'Page of the public menu: http or https address.' }),
    privateUrl: t.string({ description: 'Page of the menu behind a login: http or https address.' }),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: PXE_TEMPLATE,
  words: 'Plantilla PXE (PxeTemplate)',
  cascade: RELEASE,
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among templates'),
    description: t.string({ description: 'Descripción, at most 1000 characters.' }),
    firmware: t.field({ type: FirmwareEnum, description: 'Firmware it is for; null for both.' }),
    template: t.string({ required: isNew, description: 'The template, at most 20000 characters.' }),
    ...commentsField(t),
  }),
});
