import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '@flotilla/common';
import { type Route, routeSchema } from '@flotilla/messaging';
import { z } from 'zod';

const cacheSchema = z.array(routeSchema);

/** With a thousand chains the file has megabytes: changes that come close together are written as one. */
const WRITE_EVERY_MS = 1_000;

export interface RouteCacheModules {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The last known routes on disk, so that a restarted gateway serves while everything else is gone. */
export class RouteCache {
  #writing: Promise<void> = Promise.resolve();
  /** What to write next; asked for when it is written. */
  #routes: (() => readonly Route[]) | undefined;
  #cancelWrite: (() => void) | undefined;

  constructor(private readonly modules: RouteCacheModules) {}

  /** Empty when there is no cache, or an unreadable one: it is only a cache. */
  async load(): Promise<Route[]> {
    const text = await readFile(this.modules.file, 'utf8').catch(() => '[]');
    try {
      return cacheSchema.parse(JSON.parse(text));
    } catch {
      return [];
    }
  }

  /** Writes within a second whatever the routes are then. */
  changed(routes: () => readonly Route[]): void {
    this.#routes = routes;
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
    const routes = this.#routes;
    this.#routes = undefined;
    if (routes === undefined) return;
    try {
      await this.#replace(JSON.stringify(routes()));
    } catch (error) {
      this.modules.logger.error('routes not cached', { error: String(error) });
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
