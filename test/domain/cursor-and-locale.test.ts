import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCursor, parseCursor } from '#domain/tracing/cursor.ts';
import { parseAcceptLanguage } from '#lib/locale.ts';

describe('a cursor', () => {
  it('comes back as it was given out', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.bigInt(0n, 10n ** 18n - 1n), (epoch, seq) => {
        expect(parseCursor(formatCursor({ epoch, seq }))).toEqual({ epoch, seq });
      }),
    );
  });

  it.each(['', 'garbage', '!!!'])('is not «%s»', (text) => {
    expect(parseCursor(text)).toBeNull();
  });

  it.each(['epoch', ':1', 'epoch:', 'epoch:-1', 'epoch:1:2', 'epoch:1e3', 'epoch:1.5', 'epoch:9999999999999999999'])(
    'does not say «%s»',
    (text) => {
      expect(parseCursor(Buffer.from(text).toString('base64url'))).toBeNull();
    },
  );

  it('is short: what is longer is not even decoded', () => {
    expect(parseCursor(Buffer.from(`${'e'.repeat(200)}:1`).toString('base64url'))).toBeNull();
  });

  it('is a cursor or is not, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cursor = parseCursor(text);
        expect(cursor === null || typeof cursor.seq === 'bigint').toBe(true);
      }),
    );
  });
});

describe('Accept-Language', () => {
  it.each([
    [null, 'es'],
    ['', 'es'],
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['es-ES,es;q=0.9,en;q=0.8', 'es'],
    ['en-US,en;q=0.9,es;q=0.8', 'en'],
    ['es;q=0.1,en;q=0.9', 'en'],
    ['fr-FR,fr;q=0.9,en;q=0.5', 'en'],
    ['fr', 'es'],
    ['*', 'es'],
    ['en;q=0', 'es'],
    ['en;q=nonsense', 'es'],
    [',;,;q=', 'es'],
  ])('%j asks for %s', (header, locale) => {
    expect(parseAcceptLanguage(header)).toBe(locale);
  });
});
