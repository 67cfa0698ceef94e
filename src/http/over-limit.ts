/** What a request was refused for that had too much of something, or may not ask at all: a label with few values. */
export const OVER_LIMITS = [
  'complex',
  'expensive',
  'slow',
  'mutations',
  'reports',
  'overload',
  'origin',
  'unregistered',
] as const;

export type OverLimit = (typeof OVER_LIMITS)[number];
