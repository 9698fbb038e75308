import { z } from 'zod';

/** bigints travel as decimal strings; hex strings and safe integers are taken, too. */
const wei = z
  .union([
    z.string().regex(/^(?:0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/),
    z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  ])
  .transform((value) => BigInt(value));

const hex = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/)
  .transform((value) => value.toLowerCase() as `0x${string}`);
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`);
const count = z.number().int().nonnegative();
const positive = z.number().int().positive();
const url = z.string().url().max(2048);
/** Same rule as for subjects: a name is part of them. */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/);

const genesisAccount = z.strictObject({
  balance: wei,
  nonce: wei.optional(),
  code: hex.optional(),
  storage: z.record(hex, hex).optional(),
});

const alloc = z.record(address, genesisAccount);

export const chainConfigSchema = z.strictObject({
  chainId: positive.max(2 ** 52 - 1),
  name,
  hardforks: z
    .strictObject({ cancun: z.literal(0), prague: count.optional(), osaka: count.optional() })
    .optional(),
  gasLimit: wei.optional(),
  fees: z
    .strictObject({ mode: z.enum(['free', 'fixed', 'eip1559']), gasPrice: wei.optional() })
    .optional(),
  sealing: z
    .strictObject({
      mode: z.enum(['instant', 'interval', 'lazy']),
      intervalMs: z.number().int().min(10).max(3_600_000),
    })
    .optional(),
  alloc: alloc.optional(),
  predeploys: alloc.optional(),
  token: z
    .strictObject({ name: z.string(), symbol: z.string(), decimals: count.max(77) })
    .optional(),
  allow: z
    .strictObject({ deployers: z.array(address).optional(), senders: z.array(address).optional() })
    .optional(),
  history: z
    .strictObject({
      archive: z.boolean().optional(),
      minBlocks: count.optional(),
      minSeconds: count.optional(),
    })
    .optional(),
  coinbase: address.optional(),
  profile: z.enum(['dev', 'production']).optional(),
  genesisTimestamp: count.optional(),
  unprotectedTransactions: z.boolean().optional(),
  pool: z
    .strictObject({
      globalPending: positive.optional(),
      globalQueued: count.optional(),
      senderPending: positive.optional(),
      senderQueued: count.optional(),
      bytes: positive.optional(),
    })
    .optional(),
  blocks: z
    .strictObject({
      budgetMs: positive.optional(),
      sliceMs: positive.optional(),
      bytes: positive.optional(),
    })
    .optional(),
  calls: z
    .strictObject({
      gasCap: wei.optional(),
      timeoutMs: positive.optional(),
      traceTimeoutMs: positive.optional(),
      traceBytes: positive.optional(),
    })
    .optional(),
  logs: z
    .strictObject({
      blocks: positive.optional(),
      results: positive.optional(),
      timeoutMs: positive.optional(),
    })
    .optional(),
});

export const nodeConfigSchema = z.strictObject({
  role: z.enum(['micro', 'root']),
  name,
  /** Of a chain that may have several instances: which one this is. `lease.json` says which one produces. */
  instance: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,44}$/)
    .optional(),
  /** Nothing is promised or committed that a standby doesn't hold as well. */
  failover: z.boolean().default(false),
  /** While it follows, this instance is the standby. */
  standby: z.boolean().default(false),
  chain: chainConfigSchema,
  rpc: z
    .strictObject({
      /** Default 127.0.0.1. */
      host: z.string().default('127.0.0.1'),
      /** 0: any free port, the same one again after a restart where possible. */
      port: z.number().int().min(0).max(65_535).default(0),
      maxBodyBytes: positive.optional(),
      maxBatch: positive.optional(),
    })
    .default({ host: '127.0.0.1', port: 0 }),
  nats: z
    .strictObject({
      url: z.string().max(2048),
      /** Absolute, or relative to the data folder. */
      credsFile: z.string().optional(),
      account: z.enum(['operator', 'shared']).default('operator'),
    })
    .optional(),
  root: z
    .strictObject({
      rpcUrl: url,
      chainId: positive,
      registry: address,
      checkpointManager: address,
      finality: z.string().regex(/^(?:embedded|tag|depth:\d+)$/),
    })
    .optional(),
  anchoring: z
    .strictObject({
      /** A checkpoint at the latest after so many blocks. */
      everyBlocks: positive.default(1000),
      /** A checkpoint at the latest so many seconds after the last one, while there is something to anchor. */
      everySeconds: positive.default(60),
    })
    .default({ everyBlocks: 1000, everySeconds: 60 }),
  /** The right to produce, as the root has granted it; a registration starts at 1. Never lowered. */
  epoch: positive.default(1),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** What node.json says, once parsed. */
export type NodeConfig = z.output<typeof nodeConfigSchema>;
/** What may stand in node.json: bigints as decimal strings, defaults left out. */
export type NodeConfigInput = z.input<typeof nodeConfigSchema>;
