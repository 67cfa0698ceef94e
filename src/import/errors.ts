import type { MessageParams } from '#domain/message-params.ts';

export type DumpErrorCode =
  | 'FILE_UNREADABLE'
  | 'FILE_COMPRESSED_OTHERWISE'
  | 'FILE_IS_UTF16'
  | 'GZIP_BROKEN'
  | 'NOT_A_DUMP'
  | 'DUMP_CUT'
  | 'COLUMNS_UNKNOWN'
  | 'SEVERAL_DATABASES'
  | 'NO_SUCH_DATABASE'
  | 'DATABASE_OUTDATED'
  | 'SOURCE_IS_ANOTHER'
  | 'CHANGED_MEANWHILE';

/** Why nothing at all was taken from a dump. `sentences.ts` says it in words. */
export class ImportError extends Error {
  readonly code: DumpErrorCode;
  readonly params: MessageParams;

  constructor(code: DumpErrorCode, params: MessageParams = {}, options: ErrorOptions = {}) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = 'ImportError';
    this.code = code;
    this.params = params;
  }
}
