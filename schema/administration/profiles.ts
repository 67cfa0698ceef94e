import { HARDWARE_PROFILE, SOFTWARE_PROFILE } from '#domain/profiles/kinds.ts';
import { builder } from '#schema/builder.ts';
import { HardwareKindEnum, SoftwareKindEnum } from '#schema/profiles/item-kinds.ts';
import { declareAdministration } from './administration.ts';
import { commentsField, nameField } from './shared-inputs.ts';

const ComponentInput = builder.inputType('HardwareComponentInput', {
  description: 'A piece of hardware.',
  fields: (t) => ({
    kind: t.field({ type: HardwareKindEnum, required: true, description: 'Tipo.' }),
    description: t.string({ required: true, description: 'Descripción as the machine tells it, 1 to 500 characters.' }),
  }),
});

const SoftwareInput = builder.inputType('SoftwareInput', {
  description: 'A system, program or driver.',
  fields: (t) => ({
    kind: t.field({ type: SoftwareKindEnum, required: true, description: 'Tipo.' }),
    name: t.string({ required: true, description: 'Nombre with its version, 1 to 500 characters.' }),
  }),
});

declareAdministration({
  kind: HARDWARE_PROFILE,
  words: 'Perfil de hardware (HardwareProfile)',
  cascade: 'its clients have no profile.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among hardware profiles'),
    description: t.string({ description: 'Descripción, at most 1000 characters.' }),
    components: t.field({
      type: [ComponentInput],
      description: 'All its pieces, at most 10000; they take the place of those there were.',
    }),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: SOFTWARE_PROFILE,
  words: 'Perfil de software (SoftwareProfile)',
  cascade: 'images and partitions of it have no profile.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among software profiles'),
    description: t.string({ description: 'Descripción, at most 1000 characters.' }),
    software: t.field({
      type: [SoftwareInput],
      description: 'All that is installed, at most 10000; it takes the place of what there was.',
    }),
    ...commentsField(t),
  }),
});
