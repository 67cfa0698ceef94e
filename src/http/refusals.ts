/** What a request was refused for, being too much: a label with few values. */
export const REFUSALS = [
  'complex',
  'expensive',
  'slow',
  'mutations',
  'reports',
  'overload',
  'origin',
  'unregistered',
] as const;

export type Refusal = (typeof REFUSALS)[number];
