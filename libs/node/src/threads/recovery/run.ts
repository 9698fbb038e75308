import { TransactionReceiver } from '@flotilla/chain';
import { ChannelLogger } from '../channel-logger.js';
import { serveJobs } from '../jobs.js';
import type { Channel } from '../thread.js';
import { lowerPriority } from '../thread-priority.js';
import { type PackedRaws, unpackRaws } from './packed-raws.js';
import { type Received, receiveAll } from './receive.js';

export interface RecoveryOptions {
  readonly chainId: bigint;
}

/** Reads and the writer go first: what comes in faster than blocks are made waits in any case. */
const NICE = 5;

/** A recovery thread: signature recovery is most of the work that a transaction makes. */
export async function run({ chainId }: RecoveryOptions, channel: Channel): Promise<void> {
  lowerPriority(NICE);
  const logger = new ChannelLogger(channel, { thread: 'recovery' });
  const receiver = new TransactionReceiver(chainId);
  await serveJobs<PackedRaws, Received>(
    channel,
    (packed) => receiveAll(unpackRaws(packed), receiver, logger),
    ({ batch }) => (batch === undefined ? [] : [batch.buffer as ArrayBuffer]),
  );
}
