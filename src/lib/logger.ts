import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard output; readable lines where a person watches. Known secrets are cut out by path. */
export function createLogger(level: LogLevel, { pretty = process.stdout.isTTY }: { pretty?: boolean } = {}): Logger {
  return pino({
    level,
    redact: {
      paths: [
        'password',
        'secret',
        'token',
        'authorization',
        '*.password',
        '*.secret',
        '*.token',
        '*.authorization',
        'body.secret',
        'headers.authorization',
      ],
      censor: '[redacted]',
    },
    ...(pretty
      ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } } }
      : {}),
  });
}
