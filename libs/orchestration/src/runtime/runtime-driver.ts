import type { HostLimits } from '../spec/chain-limits.js';

/** What a driver can do on this host; read once at boot and shown by the API. */
export interface DriverFingerprint {
  /** The driver's name, e.g. `process`. */
  readonly driver: string;
  readonly healthy: boolean;
  /** Why not, in one sentence, when `healthy` is false. */
  readonly reason?: string;
  readonly capabilities: DriverCapabilities;
}

export interface DriverCapabilities {
  /** Instances go on when the orchestrator dies and are found again by `recover`. */
  readonly survivesOrchestrator: boolean;
  /** CPU, memory and I/O limits are enforced. */
  readonly limits: boolean;
}

/** Everything a driver needs to run one chain's node; the node reads all else from `folder`/node.json. */
export interface InstanceSpec {
  /** The chain's name. */
  readonly chain: string;
  /** Which of the chain's instances; at most one process runs for each. */
  readonly instance: string;
  /** Absolute path of the node's data folder, with `node.json` already in it. */
  readonly folder: string;
  /** What its process may take; without, whatever there is. */
  readonly limits?: InstanceLimits;
}

/** The part of a chain's limits that a driver enforces. */
export type InstanceLimits = Pick<
  HostLimits,
  'cpuPercent' | 'cpuWeight' | 'memoryMb' | 'pids' | 'ioWeight'
>;

export type InstanceState =
  /** The process is there but has not yet published where it serves RPC. */
  | 'starting'
  /** The process is there and has published its URLs (`instance.json`); it may still be unhealthy. */
  | 'running'
  /** It ran and is gone. */
  | 'exited'
  /** Nothing is known about it. */
  | 'absent';

export interface InstanceStatus {
  readonly chain: string;
  readonly instance: string;
  readonly state: InstanceState;
  readonly pid?: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  /** HTTP and WebSocket endpoints, once published. */
  readonly rpcUrl?: string;
  readonly wsUrl?: string;
  /** Where the chain's other instances reach it. */
  readonly peerUrl?: string;
  /** Of the last run, when `exited` and known (an adopted process's exit code is not). */
  readonly exitCode?: number;
  readonly signal?: string;
  /** The last run was killed at its memory limit. */
  readonly outOfMemory?: boolean;
  /** Why its limits are not, or not all, enforced; absent when they are. */
  readonly degraded?: string;
}

/** What an instance takes, as far as the driver can tell. */
export interface InstanceUsage {
  readonly cpuSeconds?: number;
  /** Time for which it had work and no processor quota left. */
  readonly throttledSeconds?: number;
  /** Page cache included. */
  readonly memoryBytes?: number;
  readonly pids?: number;
}

export interface StartOptions {
  /** Takes none of the instances that are kept ready: what will most likely end at once leaves them to others. */
  readonly cold?: boolean;
}

export interface StopOptions {
  /** How long to wait after SIGTERM before SIGKILL, in milliseconds. */
  readonly graceMs: number;
}

export interface LogOptions {
  /** The newest lines, at most this many. */
  readonly lines: number;
}

/**
 * What runs chains. Every method is idempotent and safe to repeat after a crash of the caller;
 * a driver never starts a second instance of a chain while one is alive, whoever started it.
 * A thrown error is retried with back-off. What repeating can't help is reported, not thrown: exit
 * code 64 (configuration refused) fails the chain.
 */
export interface RuntimeDriver {
  fingerprint(): Promise<DriverFingerprint>;
  /** Begins to keep instances ready that belong to no chain yet, if the driver does that. */
  warmUp(): void;
  /** How many of them are ready, and how many on their way. */
  readonly warm: { readonly ready: number; readonly starting: number };
  /** Ends what is kept ready, and looks at instances no more; those go on. */
  close(): void;
  /** Starts the instance unless it is already alive. Resolves once the process exists, not once it serves. */
  start(spec: InstanceSpec, options?: StartOptions): Promise<InstanceStatus>;
  /** Ends the instance cleanly and resolves when it is gone; nothing to end is success. */
  stop(spec: InstanceSpec, options: StopOptions): Promise<void>;
  inspect(spec: InstanceSpec): Promise<InstanceStatus>;
  /**
   * Gives a running instance the limits of the spec; the same ones again is nothing. @throws anything retryable when they
   * can't be had now, e.g. less memory than is in use
   */
  limit(spec: InstanceSpec): Promise<void>;
  /** Undefined when nothing is measured. */
  usage(spec: InstanceSpec): InstanceUsage | undefined;
  /** Adopts instances that survived an earlier orchestrator; the answer has one entry per given spec. */
  recover(specs: readonly InstanceSpec[]): Promise<readonly InstanceStatus[]>;
  /** The newest log lines, oldest first. */
  logs(spec: InstanceSpec, options: LogOptions): Promise<readonly string[]>;
  /** Calls back, at once if the driver can, with the chain whose instance has begun to serve; may miss some. */
  onServing(listener: (chain: string) => void): () => void;
  /** Calls back within about a second of an instance's end, adopted ones included; the result unsubscribes. */
  onExit(listener: (status: InstanceStatus) => void): () => void;
}
