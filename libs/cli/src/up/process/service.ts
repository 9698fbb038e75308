import type { ProcessIdentity } from '@flotilla/runtime-drivers';

export interface ServiceProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** What stands in its configuration file: a change of it needs a new process. */
  readonly configuration?: string;
}

/** One process of the stack. */
export interface Service {
  /** In run.json, processes.json and the log's name. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** That people reach it on. */
  readonly port?: number;
  /** Asks for a clean stop. */
  readonly stopSignal: NodeJS.Signals;
  /** How long a clean stop may take, in milliseconds. */
  readonly graceMs: number;
  /** Before every start: repairs what a crash left, writes configuration. Idempotent. */
  prepare(): Promise<ServiceProgram>;
  /** True once it serves. Never throws. */
  healthy(): Promise<boolean>;
  /** What it waits for, in its own words, while it is not healthy. Never throws. */
  complaint?(): Promise<string | undefined>;
  /** A running one that processes.json does not know: its supervisor died right after starting it. */
  findOrphan?(): ProcessIdentity | undefined;
}
