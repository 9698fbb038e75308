import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ParkedConnections } from '@flotilla/rpc';
import { z } from 'zod';
import { writeAtomically } from './write-atomically.js';

const parkedSchema = z.record(
  z.string(),
  z.array(z.object({ id: z.string(), params: z.array(z.unknown()), block: z.int().optional() })),
);

/** `parked.json`: WebSockets that the next process of the chain goes on with. Without it they only have to subscribe again. */
export class ParkedFile {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'parked.json');
  }

  /** What the process before this one left, once; nothing if it is unreadable. */
  take(): ParkedConnections {
    try {
      return parkedSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {};
    } finally {
      rmSync(this.#file, { force: true });
    }
  }

  save(connections: ParkedConnections): void {
    if (Object.keys(connections).length === 0) return;
    writeAtomically(this.#file, JSON.stringify(connections), { durable: false });
  }
}
