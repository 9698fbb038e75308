import { type Random, systemRandom } from '@flotilla/common';
import { CHAIN_ID_LIMIT, DRAWN_CHAIN_ID_MIN } from '../spec/chain-spec.schema.js';

/** Draws candidates; whether one is free is for the database and the root to say. */
export class ChainIdSource {
  readonly #random: Random;

  constructor(random: Random = systemRandom) {
    this.#random = random;
  }

  /** Uniform in [2^31, 2^52). */
  draw(): number {
    for (;;) {
      const bytes = this.#random.bytes(7);
      let value = bytes[0] & 0x0f;
      for (let i = 1; i < 7; i++) value = value * 256 + bytes[i];
      if (value >= DRAWN_CHAIN_ID_MIN && value < CHAIN_ID_LIMIT) return value;
    }
  }
}
