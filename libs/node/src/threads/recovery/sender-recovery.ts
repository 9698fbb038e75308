import { TransactionReceiver } from '@flotilla/chain';
import type { Logger } from '@flotilla/common';
import type { ThreadPool } from '../thread-pool.js';
import { packRaws } from './packed-raws.js';
import { type Received, receiveAll } from './receive.js';

/** So few, a quarter of a millisecond's work, are not worth the way to another thread. */
const FEW = 4;

/** Decodes and recovers senders: a few at once, many in threads that nobody who reads has to wait for. */
export class SenderRecovery {
  readonly #receiver: TransactionReceiver;

  constructor(
    options: { readonly chainId: bigint },
    private readonly modules: {
      /** Of recovery threads. */
      readonly pool: Pick<ThreadPool, 'run'>;
      readonly logger: Logger;
    },
  ) {
    this.#receiver = new TransactionReceiver(options.chainId);
  }

  /** @throws RpcError `SERVER_BUSY` when too many wait, `INTERNAL_ERROR` when the thread has failed */
  async receive(raws: readonly Uint8Array[]): Promise<Received> {
    const { pool, logger } = this.modules;
    if (raws.length <= FEW) return receiveAll(raws, this.#receiver, logger);
    const packed = packRaws(raws);
    const transfer = [packed.bytes.buffer, packed.ends.buffer] as ArrayBuffer[];
    return (await pool.run(packed, { transfer })) as Received;
  }
}
