import { builder } from '#schema/builder.ts';

export const FirmwareEnum = builder.enumType('Firmware', {
  description: 'How a client’s firmware boots.',
  values: { BIOS: { description: 'BIOS, or UEFI in its compatible mode.' }, UEFI: { description: 'UEFI.' } },
});
