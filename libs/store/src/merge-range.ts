import { type KeyText, keyBytes, keyText } from './pending-writes.js';

type Entry = readonly [Uint8Array, Uint8Array];

/**
 * The entries on the disk with pending writes laid over them, both in the same direction.
 * @param pending sorted in that direction; undefined values delete
 */
export function* mergeRange(
  stored: Iterable<Entry>,
  pending: readonly (readonly [KeyText, Uint8Array | undefined])[],
  reverse: boolean,
): Iterable<Entry> {
  let next = 0;
  for (const entry of stored) {
    const key = keyText(entry[0]);
    while (next < pending.length && comesBefore(pending[next][0], key, reverse)) {
      yield* present(pending[next++]);
    }
    if (next < pending.length && pending[next][0] === key) yield* present(pending[next++]);
    else yield entry;
  }
  while (next < pending.length) yield* present(pending[next++]);
}

function comesBefore(a: KeyText, b: KeyText, reverse: boolean): boolean {
  return reverse ? a > b : a < b;
}

function* present([key, value]: readonly [KeyText, Uint8Array | undefined]): Iterable<Entry> {
  if (value !== undefined) yield [keyBytes(key), value.slice()];
}
