import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHardware, parseSoftware } from '#domain/profiles/parse-inventory.ts';

describe('a hardware inventory', () => {
  it('is lines of mnemonics, and a strange one spoils nothing', () => {
    expect(parseHardware('cpu=Intel i5 \r\nMEM = 8 GiB\n\nxyz=Cosa\nnonsense\nboo=UEFI\tSecure')).toEqual([
      { kind: 'CPU', text: 'Intel i5' },
      { kind: 'MEMORY', text: '8 GiB' },
      { kind: 'BOOT', text: 'UEFI Secure' },
    ]);
  });
});

describe('a software inventory', () => {
  it('begins with the operating system', () => {
    expect(parseSoftware('Ubuntu 24.04\nbash 5.2\n\n  vim  9 \n')).toEqual([
      { kind: 'OPERATING_SYSTEM', text: 'Ubuntu 24.04' },
      { kind: 'APPLICATION', text: 'bash 5.2' },
      { kind: 'APPLICATION', text: 'vim 9' },
    ]);
  });

  it('may be empty', () => {
    expect(parseSoftware(' \n')).toEqual([]);
  });
});

describe('any text', () => {
  it('is read into items that the database can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const texts = [
          ...parseHardware(text).map((item) => item.text),
          ...parseSoftware(text).map((item) => item.text),
        ];
        for (const item of texts) {
          expect(item).not.toMatch(/\p{Cc}/u);
          expect(item.isWellFormed() && item.length > 0 && item.length <= 500).toBe(true);
        }
      }),
    );
  });
});
