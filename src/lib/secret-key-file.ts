import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_KEY_BYTES } from './secret-box.ts';

const FILE = 'agent-secrets.key';

/**
 * The key that agents' secrets are sealed with, from the data directory; made there at the first start, readable by nobody else.
 *
 * @throws {Error} where the file is there and holds no key: a new one in its place would open none of the old secrets.
 */
export function readOrMakeKey(directory: string): Uint8Array {
  const path = join(directory, FILE);
  mkdirSync(directory, { recursive: true });
  try {
    writeFileSync(path, randomBytes(SECRET_KEY_BYTES), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const key = readFileSync(path);
  if (key.length !== SECRET_KEY_BYTES) throw new Error(`${FILE} is no key of ${SECRET_KEY_BYTES} bytes`);
  return key;
}
