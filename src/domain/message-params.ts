import type { Locale } from '#lib/locale.ts';

/** Values that a sentence for people is made with, whatever the language. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** A sentence in each language; `{name}` stands for a parameter. Codes are never translated. */
export type Sentence = Readonly<Record<Locale, string>>;
