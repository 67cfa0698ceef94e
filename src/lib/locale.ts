export const LOCALES = ['es', 'en'] as const;

export type Locale = (typeof LOCALES)[number];

/** The language to answer in: the best match of an Accept-Language header, Spanish where none is asked for. */
export function parseAcceptLanguage(header: string | null | undefined): Locale {
  const wanted = (header ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='));
      return {
        language: tag.slice(0, 2).toLowerCase(),
        quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0,
      };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  return (
    wanted
      .map(({ language }) => LOCALES.find((locale) => locale === language))
      .find((locale) => locale !== undefined) ?? 'es'
  );
}
