import type { Cast } from '../load/accounts.js';
import type { Call } from '../load/sign.js';

export interface SetupStep {
  /** Index of a sender, or the account that deploys. */
  readonly from: number | 'deployer';
  readonly call: Call;
}

export interface PreparedWorkload {
  /** Done in order, a phase at a time, before the clock starts. */
  readonly setup: readonly (readonly SetupStep[])[];
  /** The n-th measured transaction of a sender. */
  call(sender: number, n: number): Call;
}

/** One kind of traffic. The same calls for every peer: nothing here is random. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Of the transactions asked for, this part is sent, and may be in flight: heavy ones take longer. */
  readonly share: number;
  prepare(cast: Cast): PreparedWorkload;
}
