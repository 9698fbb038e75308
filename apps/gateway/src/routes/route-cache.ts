import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Route, routeSchema } from '@flotilla/messaging';
import { z } from 'zod';

const cacheSchema = z.array(routeSchema);

/** The last known routes on disk, so that a restarted gateway serves while everything else is gone. */
export class RouteCache {
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** Empty when there is no cache, or an unreadable one: it is only a cache. */
  async load(): Promise<Route[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '[]');
    try {
      return cacheSchema.parse(JSON.parse(text));
    } catch {
      return [];
    }
  }

  save(routes: readonly Route[]): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#replace(JSON.stringify(routes)));
    return this.#writing;
  }

  async #replace(text: string): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const fresh = `${this.file}.new`;
    await writeFile(fresh, text, { mode: 0o600 });
    await rename(fresh, this.file);
  }
}
