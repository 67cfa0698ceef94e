import type { HardwareKind, SoftwareKind } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const HARDWARE_DESCRIPTIONS: Record<HardwareKind, string> = {
  BOARD: 'Placa base (boa).',
  MULTIMEDIA: 'Multimedia (mul).',
  NETWORK: 'Tarjeta de red (net).',
  CPU: 'Procesador (cpu).',
  MEMORY: 'Memoria (mem).',
  VGA: 'Tarjeta gráfica (vga).',
  DISK: 'Disco (dis).',
  AUDIO: 'Sonido (aud).',
  MODEL: 'Marca y modelo del equipo (mod).',
  BIOS: 'Firmware (bio).',
  CDROM: 'Unidad óptica (cdr).',
  IDE: 'Controladora IDE (ide).',
  FIREWIRE: 'FireWire (fir).',
  USB: 'Controladora USB (usb).',
  BUS: 'Bus (bus).',
  CHASSIS: 'Chasis (cha).',
  STORAGE: 'Controladora de almacenamiento (sto).',
  BOOT: 'Modo de arranque (boo).',
};

const SOFTWARE_DESCRIPTIONS: Record<SoftwareKind, string> = {
  OPERATING_SYSTEM: 'Sistema operativo.',
  APPLICATION: 'Aplicación.',
  DRIVER: 'Controlador.',
};

export const HardwareKindEnum = builder.enumType('HardwareKind', {
  description: 'Tipo de hardware; in brackets the mnemonic by which agents report it.',
  values: describeValues(HARDWARE_DESCRIPTIONS),
});

export const SoftwareKindEnum = builder.enumType('SoftwareKind', {
  description: 'Tipo de software.',
  values: describeValues(SOFTWARE_DESCRIPTIONS),
});
