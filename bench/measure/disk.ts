import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LmdbStore, type TableSize } from '@flotilla/store';

/** Bytes on the disk of a folder and all below it; a file's holes don't count. */
export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + 512 * statSync(join(entry.parentPath, entry.name)).blocks, 0);
}

/** Tables of a running chain, read beside its writer. */
export async function tableSizes(chainFolder: string): Promise<Record<string, TableSize>> {
  const store = LmdbStore.open({ path: join(chainFolder, 'data'), readOnly: true });
  try {
    return store.tableSizes();
  } finally {
    await store.close();
  }
}
