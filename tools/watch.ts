// Shows the traces of a room as they happen: npm run watch -- --room "Aula Demo". See docs/client.md.
import { parseArgs } from 'node:util';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import { OgGraphClientError, UnreachableError } from '#client/errors.ts';
import { LOCALES, parseAcceptLanguage } from '#lib/locale.ts';
import type { Locale } from '#lib/locale.ts';
import { createBoard } from './watch-room/board.ts';
import { createDisplay } from './watch-room/display.ts';
import { RoomNotFoundError, findRoom } from './watch-room/find-room.ts';
import { watchRoom } from './watch-room/watch-room.ts';
import { USAGE, WORDS } from './watch-room/words.ts';

const environmentLocale = parseAcceptLanguage(
  // «es_ES.UTF-8»: only the first two letters count.
  process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'],
);
const { room: name, url, locale } = readArguments();
const leaving = new AbortController();
const { signal } = leaving;
for (const leave of ['SIGINT', 'SIGTERM'] as const) process.on(leave, () => leaving.abort());
// Whoever reads this may have seen enough.
process.stdout.on('error', () => leaving.abort());

const client = createOgGraphClient({ url, headers: { 'accept-language': locale }, retry: { maxDelayMs: 5000 } });
try {
  const room = await findRoom(client, name, locale, signal);
  const board = createBoard(room.name);
  const display = createDisplay(process.stdout, board, locale);
  try {
    await watchRoom({ client, roomId: room.id, board, display, signal });
  } finally {
    display.end();
  }
  if (!signal.aborted) fail(WORDS.over[locale]);
} catch (error) {
  if (!signal.aborted) {
    if (error instanceof UnreachableError) fail(`${WORDS.unreachable[locale]} ${url}`);
    if (error instanceof RoomNotFoundError || error instanceof OgGraphClientError) fail(error.message);
    throw error;
  }
} finally {
  client.close();
}

function readArguments(): { room: string; url: string; locale: Locale } {
  try {
    const { values } = parseArgs({
      options: {
        room: { type: 'string' },
        url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
        language: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const chosen = LOCALES.find((known) => known === values.language) ?? environmentLocale;
    if (values.help) {
      console.log(USAGE[chosen]);
      process.exit(0);
    }
    const isRight =
      values.room !== undefined &&
      /^https?:/.test(values.url) &&
      URL.canParse(values.url) &&
      (values.language === undefined || chosen === values.language);
    if (!isRight) fail(USAGE[chosen], 2);
    return { room: values.room ?? '', url: values.url, locale: chosen };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE[environmentLocale]}`, 2);
  }
}

function fail(message: string, code = 1): never {
  console.error(message);
  process.exit(code);
}
