import type { Distribution } from '../report/statistics.js';
import type { Window } from './window.js';

/** One read that is asked again and again, whatever became of the last one. */
export interface Question {
  /** Distinguishes it in reports. */
  readonly title: string;
  readonly method: string;
  readonly params: readonly unknown[];
  /** `eth_getLogs` only: the filter's `fromBlock` is the latest of so many blocks, `toBlock` the newest. */
  readonly blocks?: number;
  readonly perSecond: number;
}

export interface ProbeOptions {
  readonly url: string;
  readonly questions: readonly Question[];
}

export interface ProbeReport {
  /** Milliseconds from when the question was due to be asked until its answer was there. */
  readonly latency: Distribution;
  /** Milliseconds of it that the probe itself was late: its event loop's delay. */
  readonly lag: Distribution;
  readonly errors: number;
}

export interface ProbeResult {
  readonly reads: Readonly<Record<string, ProbeReport>>;
  /** The same probe's questions to a server that does nothing, over the same time: what the machine alone costs. */
  readonly sink: ProbeReport;
  /** When blocks were announced (`newHeads`), in milliseconds since the Unix epoch. */
  readonly blocks: readonly number[];
  /** The probe's and the sink's niceness. */
  readonly nice: number;
}

/** Ends the probe: what was due in this window counts. */
export interface Stop {
  readonly window: Window;
}
