import { isAlive, processIdentitySchema } from '@flotilla/runtime-drivers';
import { z } from 'zod';
import type { Home } from './home.js';
import { loadJson, saveJson } from './json-file.js';

const entrySchema = processIdentitySchema.extend({
  /** Of how it was started: another program, argument, variable or configuration gives another. */
  digest: z.string(),
  /** That it serves on, if it serves people. */
  port: z.number().int().optional(),
});

export type ProcessEntry = z.infer<typeof entrySchema>;

const tableSchema = z.record(z.string(), entrySchema);

/** `processes.json`: what a supervisor started, so that the next one finds it again. */
export class ProcessTable {
  #entries: Record<string, ProcessEntry>;

  constructor(private readonly home: Home) {
    this.#entries = loadJson(this.#file, tableSchema) ?? {};
  }

  alive(name: string): ProcessEntry | undefined {
    const entry = this.#entries[name];
    return entry !== undefined && isAlive(entry) ? entry : undefined;
  }

  list(): { name: string; pid: number }[] {
    return Object.keys(this.#entries)
      .map((name) => ({ name, pid: this.alive(name)?.pid }))
      .filter((each): each is { name: string; pid: number } => each.pid !== undefined);
  }

  set(name: string, entry: ProcessEntry): void {
    this.#entries = { ...this.#entries, [name]: entry };
    saveJson(this.#file, this.#entries);
  }

  remove(name: string): void {
    const { [name]: _, ...rest } = this.#entries;
    this.#entries = rest;
    saveJson(this.#file, rest);
  }

  get #file(): string {
    return this.home.file('processes.json');
  }
}
