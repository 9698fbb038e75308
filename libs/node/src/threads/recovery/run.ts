import { TransactionReceiver } from '@flotilla/chain';
import { ChannelLogger } from '../channel-logger.js';
import { serveJobs } from '../jobs.js';
import type { Channel } from '../thread.js';
import { lowerPriority, NICE } from '../thread-priority.js';
import { type PackedRaws, unpackRaws } from './packed-raws.js';
import { type Received, receiveAll } from './receive.js';

export interface RecoveryOptions {
  readonly chainId: bigint;
}

/** A recovery thread: signature recovery is most of the work that a transaction makes. */
export async function run({ chainId }: RecoveryOptions, channel: Channel): Promise<void> {
  lowerPriority(NICE.recovery);
  const logger = new ChannelLogger(channel, { thread: 'recovery' });
  const receiver = new TransactionReceiver(chainId);
  await serveJobs<PackedRaws, Received>(
    channel,
    (packed) => receiveAll(unpackRaws(packed), receiver, logger),
    ({ batch }) => (batch === undefined ? [] : [batch.buffer as ArrayBuffer]),
  );
}
