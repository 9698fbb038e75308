import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { processStartTicks } from './process-start.js';
import { writeAtomically } from './write-atomically.js';

export const INSTANCE_FILE = 'instance.json';
/** Outlives the instance, so that a restart can serve at the same address. */
const PORT_FILE = 'rpc.port';

/** Where the running node serves; there only while it does. */
export interface InstanceRecord {
  readonly pid: number;
  /** With the pid, names one run of one process: clock ticks since boot. */
  readonly startedAt: number;
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly port: number;
  /** For the chain's other instances. */
  readonly peerUrl?: string;
}

export class InstanceFile {
  constructor(private readonly folder: string) {}

  publish(endpoint: Pick<InstanceRecord, 'rpcUrl' | 'wsUrl' | 'port' | 'peerUrl'>): void {
    this.#write(PORT_FILE, `${endpoint.port}\n`);
    const record: InstanceRecord = {
      pid: process.pid,
      startedAt: processStartTicks(),
      ...endpoint,
    };
    this.#write(INSTANCE_FILE, `${JSON.stringify(record)}\n`);
  }

  /** After a power cut no process runs any more, and another port is as good: nobody waits for the disk. */
  #write(name: string, content: string): void {
    writeAtomically(join(this.folder, name), content, { durable: false });
  }

  remove(): void {
    rmSync(join(this.folder, INSTANCE_FILE), { force: true });
  }

  /** The port of the last run; 0 when there was none. */
  lastPort(): number {
    try {
      const port = Number(readFileSync(join(this.folder, PORT_FILE), 'utf8'));
      return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
    } catch {
      return 0;
    }
  }
}
