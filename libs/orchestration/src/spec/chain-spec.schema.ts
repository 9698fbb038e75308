import { z } from 'zod';
import { limitsSchema } from './chain-limits.schema.js';
import {
  addressListSchema,
  addressSchema,
  bytesSchema,
  quantitySchema,
  wordSchema,
} from './quantity.schema.js';
import { scaleSchema } from './scale.schema.js';
import { isSmaller, SIZE_NAMES } from './sizes.js';

/** Chain ids that we draw ourselves lie in [2^31, 2^52); chosen ones may be any in [1, 2^52). */
export const DRAWN_CHAIN_ID_MIN = 2 ** 31;
export const CHAIN_ID_LIMIT = 2 ** 52;

const MAX_ALLOC_ACCOUNTS = 10_000;
const MAX_CODE_BYTES = 24_576;
const MAX_COMMITTEE = 64;

const allocAccountSchema = z.strictObject({
  balance: quantitySchema.default('0'),
  nonce: z.int().nonnegative().optional(),
  code: bytesSchema
    .refine((code) => code.length <= 2 + 2 * MAX_CODE_BYTES, 'longer than 24576 bytes (EIP-170)')
    .optional(),
  storage: z.record(wordSchema, wordSchema).optional(),
});

const sealingSchema = z.strictObject({
  mode: z
    .enum(['instant', 'interval', 'lazy'])
    .default('instant')
    .describe(
      'When a block is sealed: as soon as there is work, at every interval, or at every interval with work',
    ),
  intervalMs: z
    .int()
    .min(50)
    .max(3_600_000)
    .default(1_000)
    .describe('Time between blocks in milliseconds; `interval` and `lazy` use it'),
});

const feesSchema = z
  .strictObject({
    mode: z
      .enum(['free', 'fixed', 'eip1559'])
      .default('free')
      .describe('Zero gas price accepted, one fixed gas price, or the base fee of EIP-1559'),
    gasPrice: quantitySchema
      .optional()
      .describe(
        'Wei per gas: the price (`fixed`) or the first base fee (`eip1559`); 1 gwei when absent, not allowed with `free`',
      ),
  })
  .refine((fees) => fees.mode !== 'free' || fees.gasPrice === undefined, {
    path: ['gasPrice'],
    message: 'a free chain has no gas price',
  });

const tokenSchema = z.strictObject({
  symbol: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{0,10}$/, '1 to 11 letters and digits, a letter first')
    .default('ETH')
    .describe("Symbol of the chain's native coin"),
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\p{C}]*$/u, 'no control or formatting characters')
    .optional()
    .describe('Long name of the native coin'),
  decimals: z.literal(18).default(18).describe('Of the native coin; wallets take nothing but 18'),
});

const allowSchema = z.strictObject({
  deployers: addressListSchema
    .optional()
    .describe(
      'Whose transactions may create contracts; everybody when absent, nobody when empty; at most 1000',
    ),
  senders: addressListSchema
    .optional()
    .describe(
      'Whose transactions are taken; everybody when absent, nobody when empty; at most 1000',
    ),
});

const historySchema = z
  .strictObject({
    blocks: z
      .int()
      .min(128)
      .max(1_000_000)
      .default(128)
      .describe(
        'Past states kept, in blocks; never less than 10 minutes and everything since the last finalized checkpoint',
      ),
    archive: z.boolean().default(false).describe('Keep every past state'),
  })
  .describe('How far back calls and proofs at past blocks work');

const checkpointSchema = z.strictObject({
  everyBlocks: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Propose a checkpoint when the head is this many blocks past the last anchor'),
  everySeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('… and when the head has been ahead of the last anchor for this long'),
});

const sleepSchema = z
  .strictObject({
    afterSeconds: z
      .int()
      .min(5)
      .max(31_536_000)
      .nullable()
      .optional()
      .describe(
        'Put the chain to sleep when nobody has used it for so long; null: never, however short memory is; absent: 600 in the dev profile, in production only when memory is short',
      ),
  })
  .describe('Scale to zero: the state stays, the first request wakes it');

const committeeSchema = z
  .strictObject({
    members: z.array(addressSchema).min(1).max(MAX_COMMITTEE).describe('Addresses that sign'),
    threshold: z.int().min(1).max(MAX_COMMITTEE).describe('Signatures needed'),
  })
  .refine((c) => c.threshold <= c.members.length, {
    path: ['threshold'],
    message: 'more than there are members',
  })
  .refine((c) => new Set(c.members).size === c.members.length, {
    path: ['members'],
    message: 'an address is listed twice',
  })
  .transform((c) => ({ ...c, members: [...c.members].sort() }));

/**
 * What is asked of a chain. Every field has a default; an unknown field is an error, so that a
 * typo, or a field of a later version, is never silently ignored.
 */
export const chainSpecSchema = z
  .strictObject({
    chainId: z
      .int()
      .min(1)
      .max(CHAIN_ID_LIMIT - 1)
      .optional()
      .describe(
        'EIP-155 id; drawn from [2^31, 2^52) when absent; unique on the root, never reused',
      ),
    runtime: z
      .enum(['managed', 'external'])
      .default('managed')
      .describe('We run it, or it runs elsewhere and only its checkpoints are anchored here'),
    committee: committeeSchema
      .optional()
      .describe(
        'Who signs checkpoints. External chains name it; a managed chain gets one signer of its own',
      ),
    size: z
      .enum(SIZE_NAMES)
      .default('small')
      .describe('How much of the machine it may take, by a name; `dedicated` may take all'),
    limits: limitsSchema.optional(),
    sealing: sealingSchema.prefault({}),
    fees: feesSchema.prefault({}),
    gasLimit: z
      .int()
      .min(5_000_000)
      .max(1_000_000_000)
      .default(30_000_000)
      .describe('Gas per block'),
    hardfork: z
      .enum(['cancun', 'prague', 'osaka'])
      .default('prague')
      .describe('Ethereum rules that are active from genesis on'),
    token: tokenSchema.prefault({}),
    allow: allowSchema.prefault({}),
    alloc: z
      .record(addressSchema, allocAccountSchema)
      .default({})
      .refine((a) => Object.keys(a).length <= MAX_ALLOC_ACCOUNTS, 'more than 10000 accounts')
      .describe(
        'Accounts that exist in genesis; the dev profile adds the accounts of the `test … junk` mnemonic',
      ),
    history: historySchema.prefault({}),
    checkpoint: checkpointSchema.prefault({}),
    sleep: sleepSchema.prefault({}),
    access: z
      .enum(['keys', 'public'])
      .optional()
      .describe(
        'Who may speak JSON-RPC with it through the gateway: whoever has a key of its tenant (or of the whole fleet), or everybody; absent: `keys` in production, `public` in the dev profile',
      ),
    scale: scaleSchema.prefault({}),
    failover: z
      .boolean()
      .default(false)
      .describe(
        'Keep all that is promised on a follower, too, which takes over when the producer is lost; without a live follower sends are refused',
      ),
  })
  .superRefine((spec, context) => {
    const external = spec.runtime === 'external';
    if (external && spec.chainId === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['chainId'],
        message: 'an external chain has an id of its own: name it',
      });
    }
    const { maxSize } = spec.scale;
    if (maxSize !== undefined && (spec.limits !== undefined || isSmaller(maxSize, spec.size))) {
      context.addIssue({
        code: 'custom',
        path: ['scale', 'maxSize'],
        message:
          spec.limits === undefined
            ? `smaller than its size, ${spec.size}`
            : 'a chain with limits of its own has no larger size',
      });
    }
    if (external !== (spec.committee !== undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['committee'],
        message: external
          ? 'an external chain names its committee'
          : 'only external chains name their committee',
      });
    }
  });

/** As stored and served: every default filled in. */
export type ChainSpec = z.output<typeof chainSpecSchema>;
/** As a user writes it: everything optional. */
export type ChainSpecInput = z.input<typeof chainSpecSchema>;
