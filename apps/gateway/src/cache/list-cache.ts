import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '@flotilla/common';
import { z } from 'zod';

/** With a thousand chains the file has megabytes: changes that come close together are written as one. */
const WRITE_EVERY_MS = 1_000;

export interface ListCacheModules<Entry> {
  readonly file: string;
  readonly schema: z.ZodType<Entry>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A list that the control plane told, on disk, so that a restarted gateway serves while everything else is gone. */
export class ListCache<Entry> {
  #writing: Promise<void> = Promise.resolve();
  /** What to write next; asked for when it is written. */
  #entries: (() => readonly Entry[]) | undefined;
  #cancelWrite: (() => void) | undefined;

  constructor(private readonly modules: ListCacheModules<Entry>) {}

  /** Empty when there is no cache, or an unreadable one: it is only a cache. */
  async load(): Promise<Entry[]> {
    const text = await readFile(this.modules.file, 'utf8').catch(() => '[]');
    try {
      return z.array(this.modules.schema).parse(JSON.parse(text));
    } catch {
      return [];
    }
  }

  /** Writes within a second whatever the entries are then. */
  changed(entries: () => readonly Entry[]): void {
    this.#entries = entries;
    this.#cancelWrite ??= this.modules.clock.after(WRITE_EVERY_MS, () => void this.flush());
  }

  /** Writes at once what is still to be written; never throws. */
  flush(): Promise<void> {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const entries = this.#entries;
    this.#entries = undefined;
    if (entries === undefined) return;
    try {
      await this.#replace(JSON.stringify(entries()));
    } catch (error) {
      this.modules.logger.error('list not cached', {
        file: this.modules.file,
        error: String(error),
      });
    }
  }

  async #replace(text: string): Promise<void> {
    const { file } = this.modules;
    await mkdir(dirname(file), { recursive: true });
    const fresh = `${file}.new`;
    await writeFile(fresh, text, { mode: 0o600 });
    await rename(fresh, file);
  }
}
