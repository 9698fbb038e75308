import type { RpcCall } from './rpc-endpoint.js';

/** Follows a chain's blocks and notes when each transaction sent was first seen in one. */
export class InclusionWatch {
  /** Milliseconds from send to the sight of the block, one for each transaction mined. */
  readonly latencies: number[] = [];
  lastMinedAt = 0;
  readonly #sentAt = new Map<string, number>();
  /** Mined before the answer to its send arrived; forgotten when it does. */
  readonly #early = new Map<string, number>();
  #next: number;

  constructor(
    private readonly call: RpcCall,
    private readonly now: () => number,
    firstBlock: number,
  ) {
    this.#next = firstBlock;
  }

  /** Transactions accepted and not seen in a block. */
  get waiting(): number {
    return this.#sentAt.size;
  }

  accepted(hash: string, sentAt: number): void {
    const seenAt = this.#early.get(hash);
    if (seenAt === undefined) this.#sentAt.set(hash, sentAt);
    else this.#mined(sentAt, seenAt);
    this.#early.delete(hash);
  }

  /** Reads the blocks that are new. `inFlight`: sends that have no answer yet. @throws SendRefusal */
  async look(inFlight: () => number): Promise<void> {
    const head = Number(await this.call<string>('eth_blockNumber'));
    const seenAt = this.now();
    for (; this.#next <= head; this.#next++) {
      const tag = `0x${this.#next.toString(16)}`;
      const block = await this.call<{ transactions: string[] } | null>(
        'eth_getBlockByNumber',
        tag,
        false,
      );
      if (block === null) return;
      for (const hash of block.transactions) {
        const sentAt = this.#sentAt.get(hash);
        if (sentAt !== undefined) this.#mined(sentAt, seenAt);
        else if (inFlight() > 0) this.#early.set(hash, seenAt);
        this.#sentAt.delete(hash);
      }
    }
    if (inFlight() === 0) this.#early.clear();
  }

  #mined(sentAt: number, seenAt: number): void {
    this.latencies.push(seenAt - sentAt);
    this.lastMinedAt = Math.max(this.lastMinedAt, seenAt);
  }
}
