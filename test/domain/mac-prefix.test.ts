import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMacPrefix } from '#domain/inventory/mac-prefix.ts';
import { parseMac } from '#domain/inventory/mac.ts';

describe('the start of a MAC address', () => {
  it.each([
    ['', ''],
    ['0', '0'],
    ['08', '08'],
    ['080', '08:0'],
    ['0800.27', '08:00:27'],
    ['08:00:27', '08:00:27'],
    ['08-00-27-', '08:00:27'],
    ['080027', '08:00:27'],
    [' 0800.270b ', '08:00:27:0B'],
    ['0800270b88be', '08:00:27:0B:88:BE'],
  ])('«%s» is «%s»', (text, expected) => {
    expect(parseMacPrefix(text)).toBe(expected);
  });

  it.each(['g', '08:00:2x', '0800270b88be0', '%', '_8', '08 00', '\0', '０８'])('is none in «%s»', (text) => {
    expect(parseMacPrefix(text)).toBeNull();
  });

  it('starts every address that it was cut from, in any notation', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789abcdefABCDEF'.split('')),
      minLength: 12,
      maxLength: 12,
    });
    const notation = fc.constantFrom<(bare: string) => string>(
      (bare) => bare,
      (bare) => bare.replaceAll(/..(?=.)/g, '$&:'),
      (bare) => bare.replaceAll(/..(?=.)/g, '$&-'),
      (bare) => bare.replaceAll(/....(?=.)/g, '$&.'),
    );
    fc.assert(
      fc.property(digits, notation, fc.nat(17), (bare, write, length) => {
        const mac = parseMac(bare) ?? '';
        expect(mac.startsWith(parseMacPrefix(write(bare).slice(0, length)) ?? 'none')).toBe(true);
      }),
    );
  });
});
