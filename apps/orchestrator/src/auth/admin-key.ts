import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ApiKeyStore } from '@flotilla/persistence';
import { createApiKey, hashApiKey, isApiKey } from '@flotilla/platform';
import { ApiError, ApiErrorCode } from '../errors.js';

/**
 * The first admin key: in the file (mode 0600), drawn if there is none, and known to the database.
 * @throws ApiError `BAD_FILE` when the file holds something else
 */
export async function ensureAdminKey(file: string, keys: ApiKeyStore): Promise<void> {
  const key = (await readKey(file)) ?? (await drawKey(file));
  await keys.create({ hash: hashApiKey(key), role: 'admin', tenant: null, label: 'first admin' });
}

async function readKey(file: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (isApiKey(text)) return text;
  throw new ApiError(ApiErrorCode.BadFile, `${file} does not hold an API key`);
}

async function drawKey(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const key = createApiKey();
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${key}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return key;
}
