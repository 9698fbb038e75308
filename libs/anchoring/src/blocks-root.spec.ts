import { concatBytes, type Hash, hexToBytes, keccak256, keccak256Hex } from '@flotilla/common';
import { blocksRoot } from './blocks-root.js';
import { AnchoringErrorCode } from './errors.js';

const hash = (seed: number) => keccak256Hex(Uint8Array.of(seed));
const leaf = (seed: number) => keccak256(concatBytes(Uint8Array.of(0), hexToBytes(hash(seed))));
const node = (a: Uint8Array, b: Uint8Array) => keccak256(concatBytes(Uint8Array.of(1), a, b));
const range = (count: number): Hash[] => Array.from({ length: count }, (_, i) => hash(i));

it.each([
  [1, leaf(0)],
  [2, node(leaf(0), leaf(1))],
  [3, node(node(leaf(0), leaf(1)), leaf(2))],
  [5, node(node(node(leaf(0), leaf(1)), node(leaf(2), leaf(3))), leaf(4))],
])('splits %i leaves as RFC 6962 does', (count, root) => {
  expect(hexToBytes(blocksRoot(range(count)))).toEqual(root);
});

it('tells every list of hashes from every other', () => {
  const lists = [
    ...Array.from({ length: 20 }, (_, i) => range(i + 1)),
    // Where odd nodes are paired with themselves, this one has the root of three leaves.
    [...range(3), hash(2)],
    // And where leaves look like nodes, this one has the root of two.
    [blocksRoot(range(2))],
    range(2).reverse(),
  ];
  expect(new Set(lists.map(blocksRoot)).size).toBe(lists.length);
});

it('handles a long range', () => {
  expect(blocksRoot(Array.from({ length: 10_000 }, (_, i) => hash(i % 256)))).toMatch(/^0x/);
});

it('refuses an empty range', () => {
  expect(() => blocksRoot([])).toThrow(
    expect.objectContaining({ code: AnchoringErrorCode.InvalidBlockRange }),
  );
});
