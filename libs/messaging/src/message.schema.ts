import { z } from 'zod';

/** Times are Unix milliseconds, block timestamps Unix seconds, numbers safe integers, hex lower-case. */
const count = z.number().int().nonnegative();
const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const hex = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);
/** Same text as the name rule of a chain; `control` is the control plane. */
const chainToken = z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/);
const url = z.string().max(2048);

const blockRef = z.object({ number: count, hash });

/** Additive within v1: readers drop fields they do not know, and new fields are optional. */
export const envelopeSchema = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(64),
  at: count,
  chain: chainToken,
  data: z.unknown(),
});

export const heartbeatSchema = z.object({
  pid: count,
  instanceId: z.string().max(64),
  rpcUrl: url,
  wsUrl: url,
  epoch: count,
  head: z.object({ number: count, hash, stateRoot: hash, timestamp: count }),
  safe: blockRef,
  finalized: blockRef,
  txpool: z.object({ pending: count, queued: count }),
  txTotal: count,
  gasUsedTotal: count,
  rssBytes: count,
  cpuSeconds: z.number().nonnegative(),
  startedAt: count,
  /** Since the last request or transaction that counts as use; an empty block is none. */
  idleMs: count.optional(),
  /** The node's last one before it ends by itself. */
  ending: z.boolean().optional(),
  /** What the data folder holds, and whether that is all that it may. */
  disk: z.object({ bytes: count, full: z.boolean() }).optional(),
  /** How often a limit was met since the start, by its name. */
  limitHits: z.record(z.string().max(64), count).optional(),
  /** Of reads, since the heartbeat before. */
  load: z.object({ queueDepth: count, readP99Ms: z.number().nonnegative() }).optional(),
  /** Of a chain with several. */
  instance: z.string().max(64).optional(),
  role: z.enum(['producer', 'follower']).optional(),
  /** Of a follower. */
  following: z
    .object({
      /** Blocks behind its producer; absent before it has heard from it. */
      lag: count.optional(),
      /** It holds all that was promised in the producer's epoch: it may take its place. */
      paired: z.boolean(),
      /** Why it follows no more. */
      refused: z.object({ code: z.string().max(64), message: z.string(), block: count }).optional(),
    })
    .optional(),
  /** On a development chain whose users bent its state or history. */
  tampered: z.object({ by: z.string().max(200), block: count, at: count }).optional(),
});

export const blockSealedSchema = z.object({ number: count, hash, rlp: hex, epoch: count });

/** The checkpoint of the contracts, its integers as numbers: all of them are below 2^53. */
export const checkpointSchema = z.object({
  version: count,
  epoch: count,
  chainId: count,
  index: count,
  firstBlock: count,
  lastBlock: count,
  timestamp: count,
  parent: hash,
  blockHash: hash,
  stateRoot: hash,
  blocksRoot: hash,
  outboxRoot: hash,
  inboxAcc: hash,
  inboxCount: count,
  daRoot: hash,
  configHash: hash,
  status: z.number().int().min(0).max(2),
});

export const checkpointProposedSchema = z.object({
  checkpoint: checkpointSchema,
  signatures: z.array(hex),
  /** Bitmap over the committee's ascending signers, big-endian. */
  signers: hex,
  hash,
});

export const checkpointAnchoredSchema = z.object({
  index: count,
  hash,
  lastBlock: count,
  blockHash: hash,
  rootBlock: blockRef,
  final: z.boolean(),
});

export const checkpointProposeSchema = z.object({
  reason: z.string().max(200),
  /** What the checkpoint says of the chain from here on; `sleeping` may make the node seal an empty block to say it with. */
  status: z.enum(['running', 'sleeping']).optional(),
});

export const drainSchema = z.object({ reason: z.string().max(200) });

const amount = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/);
const addresses = z.array(z.string().regex(/^0x[0-9a-f]{40}$/)).max(10_000);

/** All that may change on a running chain; amounts in wei or gas as decimal text. */
export const settingsChangeSchema = z.object({
  /** Of the chain's spec: the node ignores what it has already, and what was overtaken. */
  generation: z.number().int().positive(),
  gasLimit: amount,
  fees: z.object({ mode: z.enum(['free', 'fixed', 'eip1559']), gasPrice: amount.optional() }),
  token: z.object({ name: z.string().max(64), symbol: z.string().max(16), decimals: count }),
  /** An absent list: everybody. */
  allow: z.object({ deployers: addresses.optional(), senders: addresses.optional() }),
  /** Absent from control planes of earlier versions: as the node is configured. */
  sealing: z
    .object({
      mode: z.enum(['instant', 'interval', 'lazy']),
      intervalMs: z.number().int().min(10).max(3_600_000),
    })
    .optional(),
});

/** The block from which on the settings that were asked for are in force; it is sealed. */
export const settingsChangedSchema = z.object({
  /** The generation that was asked for. */
  generation: z.number().int().positive(),
  fromBlock: count,
});

const ceiling = z.number().positive().nullable();
const positive = z.number().int().positive();

/** What a node enforces itself; null is no limit. It lies in the node's folder, too, as limits.json. */
export const nodeLimitsSchema = z.object({
  diskMb: ceiling,
  logKbPerSecond: ceiling,
  transactionsPerSecond: ceiling,
  /** Of mined transactions. */
  gasPerSecond: ceiling,
  poolTransactions: positive,
  poolMb: positive,
  /** Of one connection. */
  subscriptions: positive,
  /** Requests that one connection may have under way. */
  inFlight: ceiling,
  /** Requests of one batch. */
  batch: positive,
  /** Milliseconds of computing per second that connections are charged for here. */
  computeMsPerSecond: ceiling,
  computeBurstMs: ceiling,
  callGas: positive,
  callMs: positive,
  traceMs: positive,
});

export const limitsChangeSchema = z.object({
  /** Of the chain's spec. */
  generation: z.number().int().positive(),
  limits: nodeLimitsSchema,
});

export const limitsChangedSchema = z.object({
  /** The generation that was asked for. */
  generation: z.number().int().positive(),
});

export const commandAckSchema = z.object({
  /** The envelope id of the command. */
  commandId: z.string().max(64),
  ok: z.boolean(),
  code: z.string().max(64).optional(),
});

const limit = z.number().nonnegative().nullable();

/** What the gateway lets through to one chain; null means no limit. */
export const edgeLimitsSchema = z.object({
  /** HTTP requests and WebSocket messages. */
  requestsPerSecond: limit,
  requestBurst: limit,
  /** In both directions together; the burst is two seconds' worth. */
  bytesPerSecond: limit,
  /** Client sockets, of HTTP and WebSocket together. */
  connections: limit,
  /** HTTP requests that the chain works on at once; more wait their turn. */
  inFlight: limit,
  /** Of one HTTP request. */
  bodyBytes: limit,
  /** Milliseconds of computing per second, as the chain's node reports them. */
  computeMsPerSecond: limit,
  computeBurstMs: limit,
  /** The part of the rates, 0 to 1, that one key or, without keys, one address gets. */
  keyShare: z.number().min(0).max(1).nullable(),
});

const tenantName = z.string().max(64);

/** How the gateway reaches a chain. `rpcUrl` is absent while nothing runs. */
export const routeSchema = z.object({
  name: chainToken,
  chainId: count,
  phase: z.string().max(32),
  /** The right to produce: a route of a lower one is not followed. */
  epoch: count.optional(),
  /** Followers that have caught up and share the reads. */
  replicas: z.array(z.object({ id: z.string().max(64), rpcUrl: url })).optional(),
  rpcUrl: url.optional(),
  wsUrl: url.optional(),
  /** Whose keys are let in, besides those of the fleet; absent: everybody, without a key. */
  keysOf: tenantName.optional(),
  /** Absent: the gateway's own defaults. */
  limits: edgeLimitsSchema.optional(),
  /** Of a sleeping chain: what it answered last to `eth_getBlockByNumber("latest", false)`. */
  latestBlock: z.record(z.string(), z.unknown()).optional(),
  /** The same of `eth_gasPrice`. */
  gasPrice: z.string().max(66).optional(),
});

/** Drawn by each gateway process when it starts. */
const gatewayId = z.string().max(64);

/** Routes are listed by name, page by page; `after` is the `next` of the page before. */
export const routesRequestSchema = z.object({
  after: chainToken.optional(),
  gateway: gatewayId.optional(),
});
export const routesReplySchema = z.object({
  routes: z.array(routeSchema),
  /** Absent on the last page. */
  next: chainToken.optional(),
});

const fenceId = z.string().max(64);
export const routesFenceSchema = z.object({ fence: fenceId });
export const routesSeenSchema = z.object({ gateway: gatewayId, fence: fenceId });
export const routesSeenReplySchema = z.object({});

/** An API key that is not revoked, as a gateway knows it. */
export const edgeKeySchema = z.object({
  /** SHA-256 of the key, hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Whose chains it opens; null: all. */
  tenant: tenantName.nullable(),
});
export const keyChangedSchema = edgeKeySchema.extend({ isRevoked: z.boolean() });
/** Keys are listed by hash, page by page; `after` is the `next` of the page before. */
export const keysRequestSchema = z.object({ after: z.string().max(64).optional() });
export const keysReplySchema = z.object({
  keys: z.array(edgeKeySchema),
  /** Absent on the last page. */
  next: z.string().max(64).optional(),
});

export const chainWakeSchema = z.object({ name: chainToken });
export const chainWakeReplySchema = z.object({});

export type Heartbeat = z.infer<typeof heartbeatSchema>;
export type BlockSealed = z.infer<typeof blockSealedSchema>;
export type CheckpointFields = z.infer<typeof checkpointSchema>;
export type CheckpointProposed = z.infer<typeof checkpointProposedSchema>;
export type CheckpointAnchored = z.infer<typeof checkpointAnchoredSchema>;
export type CheckpointPropose = z.infer<typeof checkpointProposeSchema>;
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
export type SettingsChanged = z.infer<typeof settingsChangedSchema>;
export type NodeLimits = z.infer<typeof nodeLimitsSchema>;
export type LimitsChanged = z.infer<typeof limitsChangedSchema>;
export type CommandAck = z.infer<typeof commandAckSchema>;
export type EdgeLimits = z.infer<typeof edgeLimitsSchema>;
export type Route = z.infer<typeof routeSchema>;
export type RoutesRequest = z.infer<typeof routesRequestSchema>;
export type EdgeKey = z.infer<typeof edgeKeySchema>;
export type KeysRequest = z.infer<typeof keysRequestSchema>;
export type KeysReply = z.infer<typeof keysReplySchema>;
export type RoutesSeen = z.infer<typeof routesSeenSchema>;
export type ChainWake = z.infer<typeof chainWakeSchema>;
export type RoutesReply = z.infer<typeof routesReplySchema>;
