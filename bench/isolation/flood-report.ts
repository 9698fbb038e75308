import type { Outcome } from './channel.js';

export interface FloodReport {
  /** Strikes asked for in a second. */
  readonly rate: number;
  /** Strikes made in each whole second of the window. */
  readonly perSecond: readonly number[];
  /** Requests, by what became of them. */
  readonly served: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly uncoded: Readonly<Record<string, number>>;
}

/** Below this part of the rate, in any second, the attack was no flood. */
const DRY = 0.5;

/** The window has a second in which hardly anything fresh was sent: whatever it measured, it was not the flood. */
export function ranDry({ rate, perSecond }: FloodReport): boolean {
  return perSecond.length === 0 || perSecond.some((strikes) => strikes < DRY * rate);
}

export const totalOf = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Counts strikes by the second they were made in, and requests by what became of them. */
export class FloodTally {
  readonly #strikes: number[] = [];
  #served = 0;
  readonly #refused: Record<string, number> = {};
  readonly #uncoded: Record<string, number> = {};

  constructor(
    private readonly rate: number,
    private readonly startedAt: number,
  ) {}

  struck(at: number): void {
    const second = Math.floor((at - this.startedAt) / 1_000);
    this.#strikes[second] = (this.#strikes[second] ?? 0) + 1;
  }

  add(outcomes: readonly Outcome[]): void {
    for (const { kind, reason } of outcomes) {
      if (kind === 'served') this.#served++;
      else {
        const counts = kind === 'refused' ? this.#refused : this.#uncoded;
        counts[reason] = (counts[reason] ?? 0) + 1;
      }
    }
  }

  /** The last second is dropped unless it is whole. */
  report(endedAt: number): FloodReport {
    const seconds = Math.floor((endedAt - this.startedAt) / 1_000);
    return {
      rate: this.rate,
      perSecond: Array.from({ length: seconds }, (_, second) => this.#strikes[second] ?? 0),
      served: this.#served,
      refused: this.#refused,
      uncoded: this.#uncoded,
    };
  }
}
