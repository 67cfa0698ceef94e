import type { IncomingMessage } from 'node:http';

/** The path that was asked for, as it was written. Not parsed as a URL, which throws for some that any stranger can send. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}
