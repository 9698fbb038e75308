import { join } from 'node:path';
import { bytesToHex, hexToBytes } from '@flotilla/common';
import { trieRoot } from '@flotilla/state';
import { PathTrie } from '../../libs/state/src/testing/path-trie.js';
import { ethereumTestsFolder, readJson } from './fixtures.js';

type Pair = readonly [string, string | null];

interface RootCase {
  readonly in: readonly Pair[] | Readonly<Record<string, string | null>>;
  readonly root: string;
}

interface OrderCase {
  readonly in: readonly string[];
  readonly tests: readonly (readonly [string, string, string])[];
}

const folder = join(ethereumTestsFolder(), 'TrieTests');

function cases<T>(file: string): [string, T][] {
  return Object.entries(readJson<Record<string, T>>(join(folder, file)));
}

function toBytes(text: string): Uint8Array {
  return text.startsWith('0x') ? hexToBytes(text) : new TextEncoder().encode(text);
}

function pairs(test: RootCase): (readonly [Uint8Array, Uint8Array | undefined])[] {
  const entries = Array.isArray(test.in) ? (test.in as Pair[]) : Object.entries(test.in);
  return entries.map(([key, value]) => [toBytes(key), value ? toBytes(value) : undefined]);
}

describe.each([
  ['trietest.json', false],
  ['trieanyorder.json', false],
  ['trietest_secureTrie.json', true],
  ['trieanyorder_secureTrie.json', true],
  ['hex_encoded_securetrie_test.json', true],
] as const)('%s', (file, secure) => {
  it.each(cases<RootCase>(file))('%s', (_, test) => {
    const oneByOne = new PathTrie({ secure });
    for (const pair of pairs(test)) {
      oneByOne.apply([pair]);
      oneByOne.walk();
    }
    expect(oneByOne.root).toBe(test.root);

    const last = new Map(pairs(test).map((pair) => [bytesToHex(pair[0]), pair]));
    const atOnce = new PathTrie({ secure });
    atOnce.apply([...last.values()]);
    atOnce.walk();
    expect(atOnce.root).toBe(test.root);

    if (secure) return;
    const present = [...last.values()].filter(([, value]) => value !== undefined);
    expect(trieRoot(present as [Uint8Array, Uint8Array][])).toBe(test.root);
  });
});

describe('trietestnextprev.json', () => {
  it.each(cases<OrderCase>('trietestnextprev.json'))('%s', (_, test) => {
    const trie = new PathTrie({ secure: false });
    trie.apply(test.in.map((key) => [toBytes(key), Uint8Array.of(1)]));
    const keys = trie.walk().map((path) => new TextDecoder().decode(hexToBytes(`0x${path}`)));
    for (const [key, previous, next] of test.tests) {
      expect(keys.findLast((other) => other < key) ?? '').toBe(previous);
      expect(keys.find((other) => other > key) ?? '').toBe(next);
    }
  });
});
