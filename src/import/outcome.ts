import type { MessageParams } from '#domain/message-params.ts';

/** Why a row was not taken. */
export type RefusalCode =
  | 'ALREADY_LISTED'
  | 'DELETED_HERE'
  | 'HARDWARE_KIND_UNKNOWN'
  | 'IMAGE_KIND_UNSUPPORTED'
  | 'IMAGE_NAME_INVALID'
  | 'IP_INVALID'
  | 'IP_REPEATED'
  | 'MAC_INVALID'
  | 'MAC_REPEATED'
  | 'NAME_EMPTY'
  | 'NUMBER_INVALID'
  | 'OWNER_MISSING'
  | 'PROCEDURE_EMPTY'
  | 'PROCEDURE_HAS_STEPS'
  | 'PROCEDURE_IS_NO_SCRIPT'
  | 'ROW_MALFORMED'
  | 'SCRIPT_UNREADABLE'
  | 'SOFTWARE_KIND_UNSUPPORTED';

/** What is not as it was in a row that was taken. */
export type ChangeCode =
  | 'DISK_ASSUMED'
  | 'GROUP_IN_CIRCLE'
  | 'GROUP_OF_OTHER_ROOM'
  | 'MERGED'
  | 'NAME_CLEANED'
  | 'NAME_REPEATED'
  | 'NAME_SHORTENED'
  | 'REFERENCE_MISSING'
  | 'TEACHER_ELSEWHERE'
  | 'VALUE_DROPPED';

export interface Change {
  code: ChangeCode;
  params: MessageParams;
}

export interface Refusal {
  refused: RefusalCode;
  params: MessageParams;
}

/** What a row of theirs becomes: a value of ours, or the reason why it cannot. */
export type Outcome<T> = { value: T; changes: readonly Change[] } | Refusal;

export function refuse(refused: RefusalCode, params: MessageParams = {}): Refusal {
  return { refused, params };
}

export function isRefusal(outcome: object): outcome is Refusal {
  return 'refused' in outcome;
}
