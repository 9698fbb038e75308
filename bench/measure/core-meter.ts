import { CpuMeter } from './processes.js';

/** How many cores each of several processes keeps busy, from now on. */
export class CoreMeter {
  readonly #startedAt = performance.now();
  readonly #meters: readonly (readonly [string, CpuMeter])[];

  constructor(pids: Readonly<Record<string, number>>) {
    this.#meters = Object.entries(pids).map(([name, pid]) => [name, new CpuMeter([pid])]);
  }

  /** By name; a process that has ended meanwhile counts as nothing. */
  read(): Record<string, number> {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const share = (meter: CpuMeter) => Math.max(0, meter.seconds() / seconds);
    return Object.fromEntries(this.#meters.map(([name, meter]) => [name, share(meter)]));
  }
}
