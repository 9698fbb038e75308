import { cpuSeconds } from './processes.js';

/** CPU time of several groups of processes, read whenever asked, to be compared between two of these moments. */
export class CpuLog<Name extends string> {
  readonly #readings = new Map<number, Record<Name, number>>();

  constructor(private readonly groups: Readonly<Record<Name, readonly number[]>>) {}

  /** @param at what `between` will call this moment */
  read(at: number): void {
    const reading = {} as Record<Name, number>;
    for (const name in this.groups) {
      reading[name] = this.groups[name].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    }
    this.#readings.set(at, reading);
  }

  /** Seconds of CPU time that a group used between two moments that were read. */
  between(from: number, to: number, name: Name): number {
    return (this.#readings.get(to)?.[name] ?? 0) - (this.#readings.get(from)?.[name] ?? 0);
  }
}
