import type { FitnessReason } from '#domain/imaging/image-fitness.ts';
import { reasonMessage } from '#domain/messages.ts';
import type { Reason, ReasonCode } from '#domain/operations/reasons.ts';
import { isBlocking } from '#domain/operations/reasons.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const DESCRIPTIONS: Record<ReasonCode | FitnessReason['code'], string> = {
  CLIENT_NOT_FOUND: 'There is no such client. Only where an image is asked for its fitness.',
  CLIENT_IN_MAINTENANCE: 'The client is marked as under maintenance.',
  CLIENT_NOT_ON_OGLIVE: 'The client is off, unknown, or in an installed system: only ogLive can write its disks.',
  CLIENT_BUSY: 'The client has another job, pending or in hand.',
  ADDRESS_NOT_ALLOWED: 'The client’s address lies outside the networks that agents may live in (`AGENT_NETWORKS`).',
  NO_REPOSITORY: 'The client has no repository and none was chosen.',
  IMAGE_NOT_IN_REPOSITORY: 'The repository has no copy of the image.',
  IMAGE_NOT_READY: 'The repository’s copy is not READY («Creada con éxito»).',
  DISK_NOT_FOUND: 'The client has no such disk.',
  PARTITION_NOT_FOUND: 'The disk has no such partition.',
  PARTITION_IS_CACHE: 'The partition is the CACHE.',
  TOO_FEW_PARTITIONS: 'The client has fewer than two partitions.',
  NO_CACHE_PARTITION: 'The client has no CACHE partition.',
  PARTITION_TOO_SMALL: 'The image’s data does not fit into the partition.',
  IMAGE_SIZE_UNKNOWN: 'Warning: how much space the image needs is not known.',
  UNICAST_FOR_MANY: 'Warning: UNICAST sends every client a copy of its own; from ten clients on that is slow.',
  NO_OPERATING_SYSTEM: 'Warning: the partition is not known to hold an operating system.',
  NOT_IN_CACHE: 'Warning: the client’s cache is not known to hold the image.',
  PARTITION_WILL_BE_OVERWRITTEN: 'Warning: the partition has an operating system that will be lost.',
};

const ReasonCodeEnum = builder.enumType('BlockReasonCode', {
  description: 'Why an operation may not, or should not lightly, go to a client.',
  values: describeValues(DESCRIPTIONS),
});

export const BlockReasonType = builder.objectRef<Reason | FitnessReason>('BlockReason').implement({
  description: 'One reason why a client is blocked, or a warning about it.',
  fields: (t) => ({
    code: t.expose('code', { type: ReasonCodeEnum, description: 'The reason, for programs.' }),
    blocking: t.boolean({
      description: 'Whether it keeps the operation from the client; false for a warning.',
      resolve: ({ code }) => code === 'CLIENT_NOT_FOUND' || isBlocking(code),
    }),
    message: t.string({
      description: 'The reason, for people, in the language of `Accept-Language`.',
      resolve: ({ code, params }, _args, { locale }) => reasonMessage(code, params, locale),
    }),
  }),
});
