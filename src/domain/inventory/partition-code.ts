/** Partition type codes of the MSDOS and GPT tables for OpenGnsys' CACHE partition. */
const CACHE_CODES = new Set(['CA', 'CA00']);

/** A partition type as partition tables write it: upper-case hexadecimal without leading zeros on MSDOS (`83`, `CA`, `EF00`). */
export function normalizePartitionCode(code: string): string {
  const upper = code.trim().toUpperCase().replace(/^0X/, '');
  return upper.length > 2 ? upper : upper.replace(/^0(?=.)/, '');
}

export function isCachePartition(partition: { code: string; fileSystem: string | null }): boolean {
  return CACHE_CODES.has(partition.code.toUpperCase()) || partition.fileSystem?.toUpperCase() === 'CACHE';
}
