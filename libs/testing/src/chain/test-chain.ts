import {
  Blockchain,
  type ChainConfig,
  type Receipt,
  type SealedBlock,
  type TransactionJournal,
} from '@flotilla/chain';
import { type Clock, type Hash, type Logger, silentLogger } from '@flotilla/common';
import type { StateStore } from '@flotilla/state';
import { MemoryStore } from '../memory-store.js';
import { SimulatedClock } from '../simulated-clock.js';
import { type TestAccount, testAccount } from './accounts.js';
import { MemoryJournal } from './memory-journal.js';
import { signTransaction, TEST_CHAIN_ID, type UnsignedTransaction } from './sign.js';

const ETHER = 10n ** 18n;

export interface TestChainModules {
  readonly store?: StateStore;
  readonly journal?: TransactionJournal;
  readonly clock?: Clock;
  readonly logger?: Logger;
  onFatal?(error: unknown): void;
}

/** A chain in memory, sealed by hand, whose first ten test accounts have 1,000 coins each. */
export class TestChain {
  private constructor(
    readonly chain: Blockchain,
    readonly store: StateStore,
    readonly journal: TransactionJournal,
  ) {}

  static async open(
    config: Partial<ChainConfig> = {},
    modules: TestChainModules = {},
  ): Promise<TestChain> {
    const store = modules.store ?? new MemoryStore();
    const journal = modules.journal ?? new MemoryJournal();
    const funded = Array.from({ length: 10 }, (_, i) => [
      testAccount(i).address,
      { balance: 1000n * ETHER },
    ]);
    const chain = await Blockchain.open(
      {
        chainId: TEST_CHAIN_ID,
        name: 'test',
        profile: 'production',
        sealing: { mode: 'interval', intervalMs: 1000 },
        ...config,
        alloc: { ...Object.fromEntries(funded), ...config.alloc },
      },
      {
        store,
        journal,
        clock: modules.clock ?? new SimulatedClock(),
        logger: modules.logger ?? silentLogger,
        onFatal(error) {
          if (modules.onFatal === undefined) throw error;
          modules.onFatal(error);
        },
      },
    );
    return new TestChain(chain, store, journal);
  }

  async send(account: TestAccount, tx: UnsignedTransaction): Promise<Hash> {
    return this.chain.submitTransaction(await signTransaction(account, tx));
  }

  /** Seals a block, also an empty one. */
  async seal(): Promise<SealedBlock> {
    const sealed = await this.chain.sealBlock({ allowEmpty: true });
    return sealed as SealedBlock;
  }

  /** Sends one transaction and mines it. */
  async mine(account: TestAccount, tx: UnsignedTransaction): Promise<Receipt> {
    const hash = await this.send(account, tx);
    await this.seal();
    return this.chain.receiptByHash(hash) as Receipt;
  }
}
