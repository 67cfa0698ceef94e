import type { ImageStatus } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const STATUS_DESCRIPTIONS: Record<ImageStatus, string> = {
  PENDING: 'Pendiente: ordered, not begun.',
  CREATING: 'Creándose: being captured.',
  AUXILIARY_FILES_PENDING: 'Captured; checksum and torrent are being made.',
  READY: 'Creada con éxito: complete and checked, may be deployed.',
  FAILED: 'Con errores: its creation failed.',
  CORRUPT: 'Corrupta: its checksum is wrong.',
  TRANSFERRING: 'Being copied from another repository.',
  TRASH: 'In the repository’s trash.',
};

export const ImageStatusEnum = builder.enumType('ImageStatus', {
  description: 'Estado de una imagen (Image) in one repository. Only READY ones may be deployed.',
  values: describeValues(STATUS_DESCRIPTIONS),
});

export const ImageKindEnum = builder.enumType('ImageKind', {
  description: 'How an image is stored.',
  values: {
    MONOLITHIC: { description: 'Monolítica: one file that is always moved whole.' },
    GIT: { description: 'A Git repository of which only differences are moved.' },
  },
});
