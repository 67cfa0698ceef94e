import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ImportError } from './errors.ts';

/** The bytes of a dump, unpacked. */
export interface OpenDump {
  /** Size of the file as it lies there; null where that is not known, as for standard input. */
  sizeBytes: number | null;
  chunks: AsyncIterable<Buffer>;
}

/** First bytes of files that hold a dump in a way we do not read. */
const OTHER_FORMATS: readonly (readonly [format: string, magic: string])[] = [
  ['bzip2', '425a68'],
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['zip', '504b0304'],
  ['7-Zip', '377abcaf271c'],
];
const GZIP = '1f8b';
const UTF16 = ['fffe', 'feff'];

/**
 * Opens a dump: a file, or standard input where the path is `-`; packed by gzip or not, which its first bytes tell.
 *
 * @param onRead is called with the bytes read of the file so far.
 * @throws {ImportError} where the file cannot be read; so does reading the chunks, when they turn out to be something else.
 */
export async function openDump(path: string, onRead: (bytes: number) => void): Promise<OpenDump> {
  if (path === '-') return { sizeBytes: null, chunks: unpack(readAll(process.stdin, path, onRead)) };
  const file = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (file.isDirectory()) throw new ImportError('FILE_UNREADABLE', { path, detail: 'EISDIR' });
  return { sizeBytes: file.size, chunks: unpack(readAll(createReadStream(path), path, onRead)) };
}

async function* readAll(stream: Readable, path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  let read = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      read += chunk.length;
      onRead(read);
      yield chunk;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* unpack(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done === true) throw new ImportError('NOT_A_DUMP');
  const magic = first.value.subarray(0, 6).toString('hex');
  const other = OTHER_FORMATS.find(([, start]) => magic.startsWith(start));
  if (other !== undefined) throw new ImportError('FILE_COMPRESSED_OTHERWISE', { format: other[0] });
  if (UTF16.some((mark) => magic.startsWith(mark))) throw new ImportError('FILE_IS_UTF16');
  const all = prepend(first.value, chunks);
  if (magic.startsWith(GZIP)) yield* unzip(all);
  else yield* all;
}

async function* prepend(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* unzip(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Its errors come out where the chunks are read.
  pipeline(Readable.from(chunks), gunzip, () => {});
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw error instanceof ImportError
      ? error
      : new ImportError('GZIP_BROKEN', { detail: messageOf(error) }, { cause: error });
  }
}

function unreadable(path: string, error: unknown): ImportError {
  return error instanceof ImportError
    ? error
    : new ImportError('FILE_UNREADABLE', { path, detail: messageOf(error) }, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
