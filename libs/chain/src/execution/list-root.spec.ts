import { encodeRlp } from '@flotilla/common';
import { trieRoot } from '@flotilla/state';
import { SeededRandom } from '@flotilla/testing';
import { uint } from '../transaction/fields.js';
import { ListRoot } from './list-root.js';

const SEED = Number(process.env.TEST_SEED ?? 7);

/** The trie for any keys: slower, and written independently. */
const generalRoot = (items: readonly Uint8Array[]) =>
  trieRoot(items.map((item, i) => [encodeRlp(uint(BigInt(i))), item] as const));

function rootOf(items: readonly Uint8Array[]) {
  const root = new ListRoot();
  for (const item of items) {
    const reused = item.slice();
    root.add(reused);
    reused.fill(0xee);
  }
  return root.finish();
}

describe(`the root of a list (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const items = (count: number, maxBytes: number) =>
    Array.from({ length: count }, () =>
      Uint8Array.from({ length: 1 + random.below(maxBytes) }, () => random.below(256)),
    );

  it.each([
    0, 1, 2, 3, 16, 17, 126, 127, 128, 129, 130, 255, 256, 257, 272, 300, 512, 4097, 66_000,
  ])('of %i items is that of the trie', (count) => {
    // Short items make nodes that lie in their parents; long ones exercise every length of header.
    for (const maxBytes of count > 5000 ? [60] : [1, 40, 700]) {
      const list = items(count, maxBytes);
      expect(rootOf(list)).toBe(generalRoot(list));
    }
  });
});
