import { describe, expect, it } from 'vitest';
import { parseMac } from '#domain/inventory/mac.ts';
import { isCachePartition, normalizePartitionCode } from '#domain/inventory/partition-code.ts';

describe('a MAC address', () => {
  it.each([
    '08:00:27:0b:88:be',
    '08-00-27-0B-88-BE',
    '0800.270b.88be',
    '0800270B88BE',
    ' 08:00:27:0b:88:be ',
    '8:0:27:b:88:be',
    '8-0-27-B-88-BE',
  ])('is known as «%s»', (text) => {
    expect(parseMac(text)).toBe('08:00:27:0B:88:BE');
  });

  it.each([
    '',
    '08:00:27:0b:88',
    '08:00:27:0b:88:be:01',
    '08:00:27-0b-88-be',
    '08:00:27:0b:88:bg',
    '080:027:0b:88:be',
    '０８:00:27:0b:88:be',
  ])('is not «%s»', (text) => {
    expect(parseMac(text)).toBeNull();
  });

  it('that is 100 KB long is refused at once', () => {
    // The quickest of some times: the others may have met with a collection of garbage.
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      expect(parseMac('08:'.repeat(33_000))).toBeNull();
      return performance.now() - startedAt;
    });
    expect(Math.min(...times)).toBeLessThan(5);
  });
});

describe('a partition code', () => {
  it.each([
    ['83', '83'],
    ['0x83', '83'],
    ['ca', 'CA'],
    ['07', '7'],
    ['0', '0'],
    ['00', '0'],
    ['0700', '0700'],
    [' ef00 ', 'EF00'],
  ])('«%s» is %s', (written, code) => {
    expect(normalizePartitionCode(written)).toBe(code);
    expect(normalizePartitionCode(code)).toBe(code);
  });

  it('of the CACHE is CA or CA00, and the filesystem CACHE counts too', () => {
    expect(
      [
        ['CA', null],
        ['ca00', null],
        ['83', 'cache'],
        ['83', 'EXT4'],
        ['7', null],
      ].map(([code, fileSystem]) => isCachePartition({ code: code ?? '', fileSystem: fileSystem ?? null })),
    ).toEqual([true, true, true, false, false]);
  });
});
