import { FlotillaError, type Hash, type Hex, keccak256Hex, ZERO_HASH } from '@flotilla/common';
import { AnchoringError, AnchoringErrorCode } from '../errors.js';
import { CHAIN_ID, HOLDER, NOBODY, realParts } from '../testing/real-bundle.js';
import { buildBundle } from './build.js';
import type { ProofBundle } from './bundle.js';
import { decodeBundle, encodeBundle } from './codec.js';
import { type TrustedRoot, verifyBundle } from './verify.js';

const parts = await realParts({ account: HOLDER, slots: [3n, 1_000n, 0n] });
const text = buildBundle(parts);
const trusted: TrustedRoot = { hash: parts.rootBlock.hash as Hash };
const bytes = new TextEncoder().encode(text);

const coded = (code: AnchoringErrorCode) => expect.objectContaining({ code });

/** The code that verification fails with; undefined when it passes. Anything uncoded escapes. */
function failure(bundle: string | Uint8Array): AnchoringErrorCode | undefined {
  try {
    verifyBundle(bundle, trusted);
    return undefined;
  } catch (error) {
    if (error instanceof AnchoringError) return error.code;
    throw error;
  }
}

/** A forger's next step: the digest protects nothing, anyone can compute it. */
function withFreshDigest(changed: string): string {
  const content = changed.slice(0, changed.lastIndexOf(',"digest":'));
  return `${content},"digest":"${keccak256Hex(new TextEncoder().encode(content))}"}`;
}

function changed(change: (bundle: ProofBundle) => unknown): string {
  const bundle = structuredClone(decodeBundle(text));
  change(bundle);
  return encodeBundle(bundle);
}

type Writable<T> = { -readonly [Key in keyof T]: Writable<T[Key]> };
const writable = (bundle: ProofBundle) => bundle as Writable<ProofBundle>;

describe('verifyBundle', () => {
  it.each([
    ['text', text],
    ['bytes', bytes],
  ])('returns the proven facts from %s', (_, bundle) => {
    const facts = verifyBundle(bundle, trusted);
    expect(facts.root).toMatchObject({ number: 90, hash: trusted.hash });
    expect(facts.checkpoint).toEqual(parts.checkpoint);
    expect(facts.block).toMatchObject({ number: 3, hash: parts.chainBlock.hash });
    expect(facts.account).toMatchObject({ address: HOLDER, account: { balance: 7n } });
    expect(facts.account?.slots.map(({ slot, value }) => [BigInt(slot), value])).toEqual([
      [0n, 0n],
      [3n, 19_683n],
      [1_000n, 0n],
    ]);
  });

  it('proves a checkpoint without an account', () => {
    const bundle = buildBundle({ ...parts, chainProof: undefined });
    expect(verifyBundle(bundle, trusted)).toMatchObject({
      checkpoint: { chainId: CHAIN_ID, index: 1 },
      account: undefined,
    });
  });

  it('proves that an account does not exist', async () => {
    const absent = await realParts({ account: NOBODY, slots: [0n] });
    const { account } = verifyBundle(buildBundle(absent), trusted);
    expect(account).toMatchObject({ address: NOBODY, account: undefined, slots: [{ value: 0n }] });
  });

  it('takes a trusted hash in any letter case, and no other hash', () => {
    const shouted = `0x${trusted.hash.slice(2).toUpperCase()}` as Hash;
    expect(verifyBundle(text, { hash: shouted }).root.hash).toBe(trusted.hash);
    for (const hash of [parts.chainBlock.hash as Hash, '0x' as Hash, keccak256Hex(bytes)]) {
      expect(() => verifyBundle(text, { hash })).toThrow(coded(AnchoringErrorCode.UntrustedRoot));
    }
  });

  it('looks for the anchor in one contract only', () => {
    const elsewhere = { ...trusted, checkpointManager: HOLDER };
    expect(() => verifyBundle(text, elsewhere)).toThrow(coded(AnchoringErrorCode.InvalidProof));
  });

  it.each<[string, (bundle: Writable<ProofBundle>) => unknown, AnchoringErrorCode]>([
    [
      'another state root in the checkpoint',
      ({ checkpoint }) => {
        checkpoint.stateRoot = `0x${'11'.repeat(32)}`;
      },
      AnchoringErrorCode.AnchorMismatch,
    ],
    [
      'the anchor of another index',
      ({ checkpoint }) => {
        checkpoint.index = 2;
      },
      AnchoringErrorCode.InvalidProof,
    ],
    [
      'the header of another block',
      ({ chain, root }) => {
        chain.header = root.header;
      },
      AnchoringErrorCode.BlockMismatch,
    ],
    [
      'the root header of another block',
      ({ chain, root }) => {
        root.header = chain.header;
      },
      AnchoringErrorCode.UntrustedRoot,
    ],
    [
      'something that is no header',
      ({ root }) => {
        root.header = '0xc0';
      },
      AnchoringErrorCode.InvalidHeader,
    ],
    [
      'a node too many for the account',
      ({ root }) => root.account.push(root.account[0]),
      AnchoringErrorCode.InvalidProof,
    ],
    [
      'a node too many for the anchor',
      ({ root }) => root.storage.push(root.storage.at(-1)!),
      AnchoringErrorCode.InvalidProof,
    ],
    [
      'a node too many for a slot',
      ({ chain }) => chain.account!.slots[0].proof.push('0x80'),
      AnchoringErrorCode.InvalidProof,
    ],
    ['a node missing', ({ root }) => root.storage.pop(), AnchoringErrorCode.InvalidProof],
    ['nodes out of order', ({ root }) => root.account.reverse(), AnchoringErrorCode.InvalidProof],
    [
      'slots out of order',
      ({ chain }) => chain.account!.slots.reverse(),
      AnchoringErrorCode.MalformedBundle,
    ],
    [
      'a slot twice',
      ({ chain }) => chain.account!.slots.push(chain.account!.slots.at(-1)!),
      AnchoringErrorCode.MalformedBundle,
    ],
    [
      'the proof of another account',
      ({ chain }) => {
        chain.account!.address = NOBODY;
      },
      AnchoringErrorCode.InvalidProof,
    ],
    [
      'an impossible checkpoint',
      ({ checkpoint }) => {
        checkpoint.version = 2;
      },
      AnchoringErrorCode.InvalidCheckpoint,
    ],
  ])('refuses %s', (_, change, code) => {
    expect(failure(changed((bundle) => change(writable(bundle))))).toBe(code);
  });
});

it.each([{ lastBlock: 4 }, { stateRoot: ZERO_HASH }, { timestamp: 1 }, { blockHash: ZERO_HASH }])(
  'refuses a block that an anchored checkpoint contradicts with %j',
  async (lies) => {
    const lying = await realParts({ lies });
    expect(() => buildBundle(lying)).toThrow(coded(AnchoringErrorCode.BlockMismatch));
  },
);

describe('the canonical text', () => {
  it('round-trips', () => {
    expect(encodeBundle(decodeBundle(text))).toBe(text);
    expect(text).toMatch(/^\{"v":1,"root":\{"header":"0x[0-9a-f]+".*,"digest":"0x[0-9a-f]{64}"\}$/);
  });

  const rewritten: [string, (text: string) => string][] = [
    ['a newline inside', (t) => t.replace('"v":1', '"v":1\n')],
    ['a space before it', (t) => ` ${t}`],
    ['a byte order mark', (t) => `\uFEFF${t}`],
    ['pretty printing', (t) => JSON.stringify(JSON.parse(t), null, 1)],
    [
      'keys in another order',
      (t) => t.replace('"v":1,', '').replace(',"digest"', ',"v":1,"digest"'),
    ],
    ['a space after a colon', (t) => t.replace('"v":1', '"v": 1')],
    ['a number written otherwise', (t) => t.replace('"v":1', '"v":1.0')],
    ['a number as an exponent', (t) => t.replace('"index":1', '"index":1e0')],
    ['a key given twice', (t) => t.replace('"v":1', '"v":1,"v":1')],
    ['an escaped letter', (t) => t.replace('"v":1', '"\\u0076":1')],
    ['an unknown key', (t) => t.replace('"v":1', '"v":1,"w":1')],
    ['a prototype for a key', (t) => t.replace('"v":1', '"v":1,"__proto__":{}')],
    ['an unknown key in the checkpoint', (t) => t.replace('"index":', '"extra":1,"index":')],
    [
      'upper-case digits',
      (t) => t.replace(/0x[0-9a-f]+/, (hex) => `0x${hex.slice(2).toUpperCase()}`),
    ],
    ['an upper-case prefix', (t) => t.replace('0x', '0X')],
    ['half a byte', (t) => t.replace('"header":"0x', '"header":"0x0')],
    ['another version', (t) => t.replace('"v":1', '"v":2')],
  ];

  it.each(rewritten)('is not %s', (_, rewrite) => {
    expect(failure(rewrite(text))).toBeDefined();
    expect(failure(new TextEncoder().encode(rewrite(text)))).toBeDefined();
    expect(failure(withFreshDigest(rewrite(text)))).toBeDefined();
  });

  it.each([
    `${text}\n`,
    '',
    '{}',
    'null',
    '[]',
    '"',
    '\0',
    ',"digest":"0x"}',
    'x'.repeat(17 * 1024 * 1024),
  ])('is not some other text (%#)', (other) => {
    expect(failure(other)).toBe(AnchoringErrorCode.MalformedBundle);
  });

  it('is not nested without end', () => {
    expect(failure(withFreshDigest(`${'['.repeat(100_000)},"digest":`))).toBe(
      AnchoringErrorCode.MalformedBundle,
    );
  });
});

describe('no byte is free', () => {
  /** Neighbours in the alphabet, the other letter case, single bits, and bytes that are no text. */
  function substitutes(byte: number): number[] {
    const candidates = [byte ^ 0x20, byte ^ 1, byte ^ 0x80, byte + 1, 0x30, 0x20, 0];
    return [...new Set(candidates.map((value) => value & 0xff))].filter((value) => value !== byte);
  }

  it('fails for every other byte at every position', () => {
    const passed: string[] = [];
    let tried = 0;
    for (let at = 0; at < bytes.length; at++) {
      const forged = bytes.slice();
      for (const substitute of substitutes(bytes[at])) {
        forged[at] = substitute;
        tried++;
        if (failure(forged) === undefined) passed.push(`${at}: ${substitute}`);
      }
    }
    expect(passed).toEqual([]);
    expect(tried).toBeGreaterThan(5 * bytes.length);
  }, 120_000);

  it('fails at every position even when the digest is computed anew', () => {
    const end = text.lastIndexOf(',"digest":');
    // Absence is true of many slots: of slot 1000, proven unset, other names can be true as well.
    const unsetSlots = [0n, 1_000n].map((slot) => {
      const start = text.indexOf(slot.toString(16).padStart(64, '0'));
      return { start, end: start + 64 };
    });
    const passed: number[] = [];
    for (let at = 0; at < end; at++) {
      const old = text[at];
      const other = /[0-9]/.test(old) ? String((Number(old) + 1) % 10) : old === 'f' ? 'e' : 'f';
      const forged = withFreshDigest(text.slice(0, at) + other + text.slice(at + 1));
      if (failure(forged) === undefined) passed.push(at);
    }
    const free = passed.filter((at) => !unsetSlots.some((s) => s.start <= at && at < s.end));
    expect(free).toEqual([]);
  }, 120_000);

  it('fails for every insertion, deletion and truncation', () => {
    const passed: number[] = [];
    for (let at = 0; at <= text.length; at++) {
      const [before, after] = [text.slice(0, at), text.slice(at)];
      const forgeries = [`${before} ${after}`, `${before}0${after}`];
      if (at < text.length) forgeries.push(before + after.slice(1), before);
      if (forgeries.some((forged) => failure(forged) === undefined)) passed.push(at);
    }
    expect(passed).toEqual([]);
  }, 120_000);
});

describe('buildBundle', () => {
  it('reads proofs of nodes that repeat embedded nodes, or send one for an empty trie', () => {
    const { chainProof } = parts;
    const padded = chainProof!.storageProof.map((s) => ({ ...s, proof: [...s.proof, '0xc22001'] }));
    expect(buildBundle({ ...parts, chainProof: { ...chainProof!, storageProof: padded } })).toBe(
      text,
    );
  });

  it('sorts slots and drops repetitions', () => {
    const { chainProof } = parts;
    const storageProof = [...chainProof!.storageProof, chainProof!.storageProof[0]].reverse();
    expect(buildBundle({ ...parts, chainProof: { ...chainProof!, storageProof } })).toBe(text);
  });

  it.each<[string, object, AnchoringErrorCode]>([
    [
      'a block whose hash is not that of its fields',
      { rootBlock: { ...parts.rootBlock, gasUsed: '0x1' } },
      AnchoringErrorCode.InvalidHeader,
    ],
    [
      'a block without a state root',
      { rootBlock: { ...parts.rootBlock, stateRoot: undefined } },
      AnchoringErrorCode.InvalidHeader,
    ],
    [
      'a checkpoint that is not anchored',
      { checkpoint: { ...parts.checkpoint, epoch: 2 } },
      AnchoringErrorCode.AnchorMismatch,
    ],
    [
      'another block of the chain',
      { chainBlock: parts.rootBlock },
      AnchoringErrorCode.BlockMismatch,
    ],
    [
      'a proof that is not hex',
      { rootProof: { ...parts.rootProof, accountProof: ['0xzz' as Hex] } },
      AnchoringErrorCode.InvalidProof,
    ],
  ])('gives out nothing for %s', (_, change, code) => {
    expect(() => buildBundle({ ...parts, ...change })).toThrow(coded(code));
    expect(() => buildBundle({ ...parts, ...change })).toThrow(FlotillaError);
  });
});
