const SMALL_TABLE = 256;

/**
 * A map keyed by storage slot. V8 hashes a bigint by its lowest 64 bits alone and without a seed, so a contract can
 * choose slots that all collide; a table that grows is therefore moved to string keys, whose hash is seeded.
 */
export class SlotTable<Value> {
  readonly #small = new Map<bigint, Value>();
  #large: Map<string, Value> | undefined;

  get size(): number {
    return this.#large === undefined ? this.#small.size : this.#large.size;
  }

  get(slot: bigint): Value | undefined {
    return this.#large === undefined ? this.#small.get(slot) : this.#large.get(slot.toString(16));
  }

  set(slot: bigint, value: Value): void {
    if (this.#large !== undefined) {
      this.#large.set(slot.toString(16), value);
      return;
    }
    this.#small.set(slot, value);
    if (this.#small.size > SMALL_TABLE) this.#grow();
  }

  *entries(): Iterable<readonly [bigint, Value]> {
    if (this.#large === undefined) yield* this.#small;
    else for (const [slot, value] of this.#large) yield [BigInt(`0x${slot}`), value];
  }

  #grow(): void {
    const large = new Map<string, Value>();
    for (const [slot, value] of this.#small) large.set(slot.toString(16), value);
    this.#small.clear();
    this.#large = large;
  }
}
