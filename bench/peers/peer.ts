import type { Cast } from '../load/accounts.js';

export interface RoundOptions {
  readonly chainId: number;
  readonly cast: Cast;
  /** Keeps every step of every transaction, where its traces are empty otherwise. */
  readonly keepsSteps?: boolean;
}

/** A fresh, empty chain that answers JSON-RPC. */
export interface RunningChain {
  readonly url: URL;
  /** Processes whose CPU time the load costs. */
  pids(): number[];
  /** The process that holds the chain. */
  readonly chainPid: number;
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Added to the round's chain id: one Flotilla has two doors, and gives an id to one chain only. */
  readonly idOffset: 0 | 1;
  /** For a peer that stalls when more than this is sent and not mined, or even with this: then it gets half. */
  readonly maxInFlight?: number;
  /** A chain with 1 s blocks, 1 G gas, and every account of the cast funded. */
  start(options: RoundOptions): Promise<RunningChain>;
  close(): Promise<void>;
}

export const BLOCK_INTERVAL_MS = 1_000;
export const BLOCK_GAS_LIMIT = 1_000_000_000;
