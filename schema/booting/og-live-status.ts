import type { OgLiveStatus } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const STATUS_DESCRIPTIONS: Record<OgLiveStatus, string> = {
  PENDING: 'Pendiente: known, not installed.',
  INSTALLING: 'Instalándose: ogBoot is unpacking it.',
  INSTALLED: 'Instalado: machines can boot it.',
  FAILED: 'Con errores: its installation failed.',
};

export const OgLiveStatusEnum = builder.enumType('OgLiveStatus', {
  description: 'Estado de instalación of an ogLive on ogBoot.',
  values: describeValues(STATUS_DESCRIPTIONS),
});
