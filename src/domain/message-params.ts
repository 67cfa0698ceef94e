/** Values that a sentence for people is made with, whatever the language. */
export type MessageParams = Readonly<Record<string, string | number>>;
