import type { ImageStatus } from '#prisma/generated/client/enums.ts';

export const IMAGE_STATUSES = [
  'PENDING',
  'CREATING',
  'AUXILIARY_FILES_PENDING',
  'READY',
  'FAILED',
  'CORRUPT',
  'TRANSFERRING',
  'TRASH',
] as const satisfies readonly ImageStatus[];
