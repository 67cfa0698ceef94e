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
  AGENT_SECRET_UNKNOWN:
    'The agent of the installed system has not told its secret since this server knows the machine; it tells it when it starts.',
  SOMEONE_LOGGED_IN: 'Warning: somebody is logged in at the machine, and what is not saved will be lost.',
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
  CACHE_TOO_SMALL: 'The image’s file does not fit into the CACHE, however empty.',
  CHECKSUM_UNKNOWN: 'The repository knows images by their checksum, and this one’s is not known: synchronize it.',
  NO_MULTICAST_ADDRESS: 'The room has no multicast address, nor a router and a netmask to derive one from.',
  PARTITION_HAS_NO_FILE_SYSTEM: 'The partition has no file system: there is nothing to capture.',
  IMAGE_IN_USE: 'Jobs that have not ended fetch the image, or write it.',
  CLIENT_IS_ON: 'The client is switched on already.',
  NO_BROADCAST_ADDRESS: 'Neither the client’s subnet nor its room says which network it is in.',
  IN_BLACKOUT: 'The room is not to be disturbed now.',
  NO_ROOM_IN_CACHE: 'Warning: the CACHE has not enough room left for the image’s file.',
  PARTITION_SIZES_DIFFER: 'Warning: the clients’ target partitions are of different sizes.',
  FIRMWARE_DIFFERS: 'Warning: the image was captured from a machine that boots by another firmware.',
  WILL_WAIT_FOR_JOB: 'Warning: the client has a job in hand; this one goes after it (`whenBusy: QUEUE`).',
  JOB_WILL_BE_INTERRUPTED: 'Warning: the client has a job in hand, and this one passes in front (`force`).',
  HELD_BY_BLACKOUT: 'Warning: it will wait until the room may be disturbed (`onBlackout: HOLD`).',
  BLACKOUT_OVERRIDDEN: 'Warning: the room is not to be disturbed, and will be (`onBlackout: OVERRIDE`).',
  PARTITION_WILL_BE_OVERWRITTEN: 'Warning: the partition has an operating system that will be lost.',
  LAYOUT_TOO_LARGE: 'The partitions do not fit on the disk.',
  EFI_PARTITION_MISSING:
    'The client boots by UEFI, and no disk of it would have an EFI partition in a GPT table to start a system from.',
  GPT_ON_BIOS: 'Warning: the client boots by BIOS, and may not start a system from a GPT table.',
  CACHE_WILL_BE_LOST: 'Warning: the disk has a CACHE with content, and would have none.',
  CACHE_WILL_BE_FORMATTED:
    'Warning: the CACHE will be emptied, because its size or its place changes or that is asked for.',
  SYSTEMS_WILL_BE_LOST: 'Warning: the disk has operating systems that will be lost.',
  NO_CACHE_PLANNED: 'Warning: the client will have no CACHE partition.',
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
