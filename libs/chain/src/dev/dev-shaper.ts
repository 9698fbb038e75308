import type { Address, Clock, Hash } from '@flotilla/common';
import type { StateStore, WriteBatch } from '@flotilla/state';
import type { Header } from '../block/types.js';
import type { BlockShaper } from '../execution/block-shaper.js';
import { MAX_AHEAD_SECONDS } from '../execution/import-block.js';
import type { BlockTemplate } from '../execution/template.js';
import type { Transaction } from '../transaction/types.js';
import {
  type DevTime,
  loadDevTime,
  saveDevTime,
  timeAfterBlock,
  timestampAfter,
} from './dev-time.js';
import { isImpersonated } from './impersonation.js';
import type { TamperMark } from './tamper-mark.js';

export interface DevShaperModules {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly mark: TamperMark;
}

/** What the next block takes from its users instead of the configuration. */
export interface NextBlock {
  /** Of every block from here on. */
  coinbase?: Address;
  /** Of one block, as the two below. Wei per gas. */
  baseFee?: bigint;
  prevRandao?: Hash;
  timestamp?: number;
  /** Seconds between a block and its parent, as long as it is set. */
  spacing?: number;
}

/** Lets the users of a development chain decide about time, fee, coinbase and randomness of its blocks. */
export class DevShaper implements BlockShaper {
  readonly next: NextBlock = {};
  readonly #modules: DevShaperModules;

  constructor(modules: DevShaperModules) {
    this.#modules = modules;
  }

  shape(template: BlockTemplate, parent: Header): BlockTemplate {
    const { coinbase, baseFee, prevRandao } = this.next;
    return {
      ...template,
      coinbase: coinbase ?? template.coinbase,
      baseFeePerGas: baseFee ?? template.baseFeePerGas,
      mixHash: prevRandao ?? template.mixHash,
      timestamp: timestampAfter(parent, this.#nowSeconds(), this.#time()),
    };
  }

  made(header: Header, transactions: readonly Transaction[], batch: WriteBatch): void {
    const why = this.#bending(header, transactions);
    if (why !== undefined) this.#modules.mark.set(why, header.number, batch);
    const time = this.#time();
    if (time !== undefined) {
      const { offset } = timeAfterBlock(time, header.timestamp, this.#nowSeconds());
      saveDevTime(batch, { ...loadDevTime(this.#modules.store), offset, next: undefined });
    }
    this.next.baseFee = undefined;
    this.next.prevRandao = undefined;
    this.next.timestamp = undefined;
  }

  /** The stored clock under what was asked of the next block alone. */
  #time(): DevTime | undefined {
    const stored = loadDevTime(this.#modules.store);
    const { timestamp, spacing } = this.next;
    if (timestamp !== undefined) return { offset: 0, ...stored, next: timestamp };
    if (spacing !== undefined) return { offset: 0, ...stored, next: undefined, spacing };
    return stored;
  }

  /** Why nobody who knows the configuration alone would accept this block. */
  #bending(header: Header, transactions: readonly Transaction[]): string | undefined {
    const { coinbase, baseFee, prevRandao } = this.next;
    if (transactions.some(isImpersonated)) return 'a transaction of an impersonated account';
    if (header.timestamp > this.#nowSeconds() + MAX_AHEAD_SECONDS) return 'a block from the future';
    if ((coinbase ?? baseFee ?? prevRandao) !== undefined)
      return 'a block with a header set by hand';
    return undefined;
  }

  #nowSeconds(): number {
    return Math.floor(this.#modules.clock.now() / 1000);
  }
}
