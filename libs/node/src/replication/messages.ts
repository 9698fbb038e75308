import { z } from 'zod';

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const ref = z.object({ number: count, hash });
const base64 = z.string();

/**
 * What a follower tells its producer, and by which it asks for more: one exchange at a time, answered when there is
 * something new or the wait is over. Bytes travel as base64.
 */
export const followRequestSchema = z.object({
  instance: z.string().min(1).max(64),
  genesis: hash,
  /** The highest epoch that it knows. */
  epoch: count,
  head: ref,
  safe: count,
  finalized: count,
  /** Of the newest settings that it knows. */
  generation: count,
  /** Whether it confirms transactions and blocks. */
  standby: z.boolean(),
  /** The producer's run that the two numbers below speak of; empty at first. */
  session: z.string().max(64),
  /** The newest record of transactions that is durable here. */
  record: count,
  /** The newest announced block that is durable here. */
  proposal: count,
  waitMs: count.max(30_000),
});

export const followReplySchema = z.object({
  session: z.string(),
  epoch: count,
  head: count,
  safe: ref,
  finalized: ref,
  /** The producer commits nothing in this epoch any more that its standby hasn't confirmed. */
  paired: z.boolean(),
  settings: z.array(z.object({ fromBlock: count, record: base64 })),
  /** Committed ones, from the follower's head on. */
  blocks: z.array(base64),
  records: z.array(z.object({ number: count, batch: base64 })),
  /** The block that is to be confirmed before it is committed. */
  proposal: z.object({ number: count, rlp: base64 }).optional(),
  /** What the producer knows of its anchors, to go on from. */
  anchoring: z.unknown(),
});

export const followRefusalSchema = z.object({ code: z.string(), message: z.string() });

export type FollowRequest = z.infer<typeof followRequestSchema>;
export type FollowReply = z.infer<typeof followReplySchema>;
