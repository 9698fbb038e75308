import { type Hash, keccak256Hex } from '@flotilla/common';
import { z } from 'zod';
import { CHECKPOINT_FIELDS, type Checkpoint, parseCheckpoint } from '../checkpoint.js';
import { AnchoringError, AnchoringErrorCode } from '../errors.js';
import type { AccountWitness, ProofBundle } from './bundle.js';

/** Far above any real bundle (tens of KiB), far below what could hurt who reads it. */
const MAX_BUNDLE_LENGTH = 16 * 1024 * 1024;

const hex = z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-f]{2})*$/)]);
const nodes = z.array(hex);
const bundleSchema = z.strictObject({
  v: z.literal(1),
  root: z.strictObject({ header: hex, account: nodes, storage: nodes }),
  checkpoint: z.unknown().transform(parseCheckpoint),
  chain: z.strictObject({
    header: hex,
    account: z
      .strictObject({
        address: hex.refine((value) => value.length === 42),
        proof: nodes,
        slots: z
          .array(z.strictObject({ slot: hex.refine((value) => value.length === 66), proof: nodes }))
          .refine((slots) => slots.every((s, i) => i === 0 || slots[i - 1].slot < s.slot)),
      })
      .nullable(),
  }),
  digest: z.string(),
});

const DIGEST_KEY = ',"digest":"';
const DIGEST_TAIL_LENGTH = DIGEST_KEY.length + 66 + '"}'.length;

const utf8 = new TextEncoder();

function malformed(why: string, cause?: unknown): AnchoringError {
  return new AnchoringError(AnchoringErrorCode.MalformedBundle, `malformed bundle: ${why}`, {
    cause,
  });
}

// Objects are rebuilt, because their keys are written in the order in which they were set.
function orderedCheckpoint(checkpoint: Checkpoint): unknown {
  return Object.fromEntries(CHECKPOINT_FIELDS.map(([name]) => [name, checkpoint[name]]));
}

function orderedAccount({ address, proof, slots }: AccountWitness): unknown {
  return { address, proof, slots: slots.map((s) => ({ slot: s.slot, proof: s.proof })) };
}

function encodeContent({ v, root, checkpoint, chain }: ProofBundle): string {
  return JSON.stringify({
    v,
    root: { header: root.header, account: root.account, storage: root.storage },
    checkpoint: orderedCheckpoint(checkpoint),
    chain: {
      header: chain.header,
      account: chain.account === null ? null : orderedAccount(chain.account),
    },
  });
}

function digestOf(content: string): Hash {
  return keccak256Hex(utf8.encode(content));
}

/**
 * The one text of a bundle: ASCII JSON on a single line, without spaces and without a newline at the
 * end; keys in the order of `ProofBundle`; integers in decimal; bytes as lower-case 0x hex; last the
 * key `digest`, Keccak-256 of all the text before the comma that precedes it. The digest vouches for
 * nothing. It is there because proofs of absence can be true of more than one address or slot, and a
 * changed byte must not turn a bundle into another valid one.
 */
export function encodeBundle(bundle: ProofBundle): string {
  const content = encodeContent(bundle);
  return `${content.slice(0, -1)}${DIGEST_KEY}${digestOf(content.slice(0, -1))}"}`;
}

function toText(bundle: string | Uint8Array): string {
  if (bundle.length > MAX_BUNDLE_LENGTH) throw malformed('too large');
  if (typeof bundle === 'string') return bundle;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bundle);
  } catch (cause) {
    throw malformed('not UTF-8', cause);
  }
}

function assertDigest(text: string): void {
  const content = text.slice(0, -DIGEST_TAIL_LENGTH);
  const tail = text.slice(-DIGEST_TAIL_LENGTH);
  if (!/^,"digest":"0x[0-9a-f]{64}"\}$/.test(tail)) throw malformed('no digest at the end');
  if (tail !== `${DIGEST_KEY}${digestOf(content)}"}`) {
    throw new AnchoringError(
      AnchoringErrorCode.BundleDigestMismatch,
      'the bundle was changed or cut: its digest is not that of its content',
    );
  }
}

/**
 * Reads exactly what `encodeBundle` writes: every other text is refused, one of equal meaning too.
 * Decoding checks the form only; `verifyBundle` checks what it claims.
 * @throws AnchoringError `MALFORMED_BUNDLE`, `BUNDLE_DIGEST_MISMATCH`, `INVALID_CHECKPOINT`
 */
export function decodeBundle(bundle: string | Uint8Array): ProofBundle {
  const text = toText(bundle);
  assertDigest(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed('not JSON', cause);
  }
  const parsed = bundleSchema.safeParse(json);
  if (!parsed.success) throw malformed(z.prettifyError(parsed.error), parsed.error);
  const { digest: _, ...decoded } = parsed.data;
  if (encodeBundle(decoded) !== text) throw malformed('not in its canonical form');
  return decoded;
}
