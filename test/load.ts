import { setTimeout as pause } from 'node:timers/promises';
import { type HDNodeWallet, keccak256, Transaction } from 'ethers';
import { devWallet } from './accounts.js';
import type { Stack } from './stack.js';

const HUSH_POLL_MS = 5;

/** Sends signed transfers one after another and keeps every hash that the node acknowledged. */
export class Load {
  readonly acknowledged: string[] = [];
  #nonce = 0;
  #running = true;
  #isHushed = false;
  #isQuiet = false;
  #loop: Promise<void> | undefined;
  readonly #wallet: HDNodeWallet;

  constructor(
    private readonly stack: Stack,
    private readonly chain: string,
    private readonly chainId: number,
    accountIndex: number,
    /** Wei per gas; milliseconds between two sends. */
    private readonly options: { readonly maxFeePerGas?: bigint; readonly pauseMs?: number } = {},
  ) {
    this.#wallet = devWallet(accountIndex);
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#loop;
  }

  /** Sends nothing more until `resume`; resolves when nothing is under way. */
  async hush(): Promise<void> {
    this.#isHushed = true;
    while (!this.#isQuiet && this.#running) await pause(HUSH_POLL_MS);
  }

  resume(): void {
    this.#isHushed = false;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      this.#isQuiet = this.#isHushed;
      if (this.#isQuiet) {
        await pause(HUSH_POLL_MS);
        continue;
      }
      const raw = await this.#wallet.signTransaction(
        Transaction.from({
          type: 2,
          chainId: this.chainId,
          nonce: this.#nonce,
          to: this.#wallet.address,
          value: 1n,
          gasLimit: 21_000,
          maxFeePerGas: this.options.maxFeePerGas ?? 0n,
          maxPriorityFeePerGas: 0n,
        }),
      );
      await this.#deliver(raw);
      const { pauseMs } = this.options;
      if (pauseMs !== undefined) await pause(pauseMs);
    }
  }

  /** Repeats until the node has answered: an answer may be lost with the process, the transaction may not. */
  async #deliver(raw: string): Promise<void> {
    while (this.#running) {
      try {
        const hash = await this.stack.rpc(this.chain, 'eth_sendRawTransaction', [raw]);
        this.acknowledged.push(hash);
        this.#nonce++;
        return;
      } catch (error) {
        const message = String((error as Error).message);
        const isKnown = message.includes('already known');
        // Any client takes that for a promise.
        if (isKnown) this.acknowledged.push(keccak256(raw));
        if (isKnown || message.includes('nonce too low')) {
          this.#nonce++;
          return;
        }
        await pause(50);
      }
    }
  }
}

/** How often each acknowledged hash stands in the chain's blocks: every count must be exactly one. */
export async function countMined(stack: Stack, chain: string, hashes: readonly string[]) {
  const counts = new Map(hashes.map((hash) => [hash, 0]));
  const head = Number(await stack.rpc(chain, 'eth_blockNumber'));
  for (let number = 0; number <= head; number++) {
    const block = await stack.rpc(chain, 'eth_getBlockByNumber', [
      `0x${number.toString(16)}`,
      false,
    ]);
    for (const hash of block.transactions) {
      if (counts.has(hash)) counts.set(hash, counts.get(hash)! + 1);
    }
  }
  return {
    lost: [...counts].filter(([, count]) => count === 0).map(([hash]) => hash),
    doubled: [...counts].filter(([, count]) => count > 1).map(([hash]) => hash),
  };
}
