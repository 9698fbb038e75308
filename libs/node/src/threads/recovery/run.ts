import { TransactionReceiver } from '@flotilla/chain';
import { ChannelLogger } from '../channel-logger.js';
import { serveJobs } from '../jobs.js';
import type { Channel } from '../thread.js';
import { receiveAll } from './receive.js';

export interface RecoveryOptions {
  readonly chainId: bigint;
}

/** A recovery thread: signature recovery is most of the work that a transaction makes. */
export async function run({ chainId }: RecoveryOptions, channel: Channel): Promise<void> {
  const logger = new ChannelLogger(channel, { thread: 'recovery' });
  const receiver = new TransactionReceiver(chainId);
  await serveJobs<readonly Uint8Array[]>(channel, (raws) => receiveAll(raws, receiver, logger));
}
