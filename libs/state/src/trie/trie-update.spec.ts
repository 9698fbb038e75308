import { createMerkleProof, createMPT, type MerklePatriciaTrie } from '@ethereumjs/mpt';
import { bytesToHex, keccak256 } from '@flotilla/common';
import { SeededRandom, testSeed } from '@flotilla/testing';
import { StateErrorCode } from '../errors.js';
import { PathTrie } from '../testing/path-trie.js';
import { proveKey } from './prove.js';
import { trieRoot } from './trie-root.js';
import { verifyProof } from './verify-proof.js';

const seed = testSeed();

type Entries = Map<string, readonly [Uint8Array, Uint8Array]>;

const keySpaces = {
  'hashed keys': (random: SeededRandom) => keccak256(Uint8Array.of(random.below(256))),
  'many hashed keys': (random: SeededRandom) =>
    keccak256(Uint8Array.of(random.below(256), random.below(16))),
  // Long shared prefixes, keys that are prefixes of others, values in branches, embedded nodes.
  'short keys': (random: SeededRandom) =>
    Uint8Array.from({ length: random.below(4) }, () => random.pick([0x00, 0x01, 0x10, 0x11, 0xff])),
  'keys of a list': (random: SeededRandom) => Uint8Array.of(0x82, random.below(2), random.below(8)),
};

function randomValue(random: SeededRandom): Uint8Array {
  const length = random.pick([1, 1, 2, 20, 31, 32, 33, 60, 110]);
  return random.bytes(length).map((byte) => byte | 1);
}

describe.each(Object.entries(keySpaces))(`a trie of %s (seed ${seed})`, (name, randomKey) => {
  let random: SeededRandom;
  let ours: PathTrie;
  let theirs: MerklePatriciaTrie;
  let model: Entries;

  beforeEach(async () => {
    random = new SeededRandom(seed);
    ours = new PathTrie({ secure: false });
    theirs = await createMPT();
    model = new Map();
  });

  /** The reference forgets values in branches when it deletes: with such keys it has to start afresh. */
  const rebuildReference = async () => {
    theirs = await createMPT();
    for (const [key, value] of model.values()) await theirs.put(key, value);
  };

  const update = async (size: number) => {
    const batch = new Map<string, readonly [Uint8Array, Uint8Array | undefined]>();
    const removing = random.pick([2, 2, 3, 10]);
    while (batch.size < size) {
      const known = [...model.values()];
      const reuse = known.length > 0 && random.oneIn(2);
      const key = reuse ? random.pick(known)[0] : randomKey(random);
      if (key.length === 0) break;
      const value = random.oneIn(removing) ? undefined : randomValue(random);
      batch.set(bytesToHex(key), [key, value]);
      if (random.oneIn(10)) break;
    }
    for (const [id, [key, value]] of batch) {
      if (value === undefined) {
        model.delete(id);
        await theirs.del(key);
      } else {
        model.set(id, [key, value]);
        await theirs.put(key, value);
      }
    }
    ours.apply([...batch.values()]);
    if (name === 'short keys') await rebuildReference();
  };

  it('has the roots of the reference implementation, and no node too many', async () => {
    for (let round = 0; round < 60; round++) {
      await update(1 + random.below(random.pick([2, 5, 40])));
      expect(ours.root).toBe(bytesToHex(theirs.root()));
      expect(ours.walk()).toEqual([...model.keys()].map((id) => id.slice(2)).sort());
      expect(trieRoot(model.values())).toBe(ours.root);
    }
  });

  it('has them when only values change', async () => {
    for (let round = 0; round < 30; round++) await update(40);
    for (let round = 0; round < 20; round++) {
      const keys = [...model.values()].map(([key]) => key).filter(() => !random.oneIn(4));
      const batch = keys.map((key) => [key, randomValue(random)] as const);
      for (const [key, value] of batch) {
        model.set(bytesToHex(key), [key, value]);
        await theirs.put(key, value);
      }
      ours.apply(batch);
      expect(ours.root).toBe(bytesToHex(theirs.root()));
      expect(ours.walk()).toEqual([...model.keys()].map((id) => id.slice(2)).sort());
    }
  });

  it('goes back to nothing', async () => {
    for (let round = 0; round < 20; round++) await update(10);
    ours.apply([...model.values()].map(([key]) => [key, undefined]));
    expect(ours.walk()).toEqual([]);
    expect(ours.root).toBe(trieRoot([]));
  });

  it('gives the proofs of the reference implementation, which verify', async () => {
    for (let round = 0; round < 30; round++) {
      await update(20);
      const keys = [...model.values()].map(([key]) => key).slice(0, 5);
      for (const key of [...keys, randomKey(random), randomKey(random)]) {
        if (key.length === 0) continue;
        const proof = proveKey(ours, ours.root, key);
        // The reference lists nodes again that are embedded in their parents; geth does not.
        const reference = (await createMerkleProof(theirs, key)).filter(
          (node, i) => i === 0 || node.length >= 32,
        );
        expect(proof.map(bytesToHex)).toEqual(reference.map(bytesToHex));
        const value = verifyProof(ours.root, key, proof);
        expect(value).toEqual(model.get(bytesToHex(key))?.[1]);
      }
    }
  });

  it('gives proofs in which no byte is free', async () => {
    const refused = expect.objectContaining({ code: StateErrorCode.InvalidProof });
    for (let round = 0; round < 10; round++) await update(20);
    for (const [key] of [...model.values()].slice(0, 3)) {
      const proof = proveKey(ours, ours.root, key);
      const check = (nodes: Uint8Array[]) => () => verifyProof(ours.root, key, nodes);
      for (let i = 0; i < proof.length; i++) {
        for (let flips = 0; flips < 20; flips++) {
          const bad = proof[i].slice();
          bad[random.below(bad.length)] ^= 1 << random.below(8);
          expect(check(proof.with(i, bad))).toThrow(refused);
        }
        expect(check(proof.toSpliced(i, 1))).toThrow(refused);
        expect(check(proof.toSpliced(i, 0, proof[i]))).toThrow(refused);
      }
      expect(check([...proof, Uint8Array.of(0x80)])).toThrow(refused);
      expect(check([])).toThrow(refused);
    }
  });
});

it('changes nothing when the changes change nothing', () => {
  const trie = new PathTrie({ secure: true });
  trie.apply([1, 2, 3].map((n) => [Uint8Array.of(n), Uint8Array.of(n)]));
  const { root } = trie;
  trie.apply([
    [Uint8Array.of(1), Uint8Array.of(1)],
    [Uint8Array.of(9), undefined],
  ]);
  expect(trie.root).toBe(root);
});

it('proves the emptiness of an empty trie by no nodes at all', () => {
  expect(verifyProof(trieRoot([]), Uint8Array.of(1), [])).toBeUndefined();
  expect(() => verifyProof(trieRoot([]), Uint8Array.of(1), [Uint8Array.of(0x80)])).toThrow(
    expect.objectContaining({ code: StateErrorCode.InvalidProof }),
  );
});
