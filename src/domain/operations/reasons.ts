import type { MessageParams } from '#domain/message-params.ts';

export const BLOCKING_REASONS = [
  'CLIENT_IN_MAINTENANCE',
  'CLIENT_NOT_ON_OGLIVE',
  'CLIENT_BUSY',
  'AGENT_SECRET_UNKNOWN',
  'ADDRESS_NOT_ALLOWED',
  'NO_REPOSITORY',
  'IMAGE_NOT_IN_REPOSITORY',
  'IMAGE_NOT_READY',
  'DISK_NOT_FOUND',
  'PARTITION_NOT_FOUND',
  'PARTITION_IS_CACHE',
  'TOO_FEW_PARTITIONS',
  'NO_CACHE_PARTITION',
  'PARTITION_TOO_SMALL',
  'CACHE_TOO_SMALL',
  'CHECKSUM_UNKNOWN',
  'NO_MULTICAST_ADDRESS',
  'PARTITION_HAS_NO_FILE_SYSTEM',
  'IMAGE_IN_USE',
  'CLIENT_IS_ON',
  'NO_BROADCAST_ADDRESS',
  'IN_BLACKOUT',
  'LAYOUT_TOO_LARGE',
  'EFI_PARTITION_MISSING',
] as const;

const WARNING_REASONS = [
  'IMAGE_SIZE_UNKNOWN',
  'UNICAST_FOR_MANY',
  'PARTITION_WILL_BE_OVERWRITTEN',
  'NOT_IN_CACHE',
  'NO_OPERATING_SYSTEM',
  'NO_ROOM_IN_CACHE',
  'PARTITION_SIZES_DIFFER',
  'FIRMWARE_DIFFERS',
  'WILL_WAIT_FOR_JOB',
  'SOMEONE_LOGGED_IN',
  'JOB_WILL_BE_INTERRUPTED',
  'HELD_BY_BLACKOUT',
  'BLACKOUT_OVERRIDDEN',
  'GPT_ON_BIOS',
  'CACHE_WILL_BE_LOST',
  'CACHE_WILL_BE_FORMATTED',
  'SYSTEMS_WILL_BE_LOST',
  'NO_CACHE_PLANNED',
] as const;

export const REASON_CODES = [...BLOCKING_REASONS, ...WARNING_REASONS] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

export interface Reason {
  code: ReasonCode;
  params: MessageParams;
}

export type Readiness = 'READY' | 'WARNING' | 'BLOCKED';

export function readinessOf(reasons: readonly Reason[]): Readiness {
  if (reasons.some(({ code }) => isBlocking(code))) return 'BLOCKED';
  return reasons.length > 0 ? 'WARNING' : 'READY';
}

export function isBlocking(code: ReasonCode): boolean {
  return BLOCKING_REASONS.some((blocking) => blocking === code);
}

export function reason(code: ReasonCode, params: MessageParams = {}): Reason {
  return { code, params };
}
