import type { Hash } from '@flotilla/common';
import type { Header } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { FeeHistory } from '../query/types.js';
import type { SettingsSchedule } from '../settings/settings-schedule.js';
import type { ChainReader } from '../storage/chain-reader.js';
import { LruCache } from '../storage/lru-cache.js';
import { GWEI, nextBaseFee } from './base-fee.js';
import { effectiveTip } from './effective-price.js';

const SAMPLE_BLOCKS = 20;
const SAMPLES_PER_BLOCK = 3;
const PERCENTILE = 60;
const MAX_TIP = 500n * GWEI;
const MAX_PERCENTILES = 100;
const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** What to pay: geth's oracle for `eip1559`, plain answers for `free` and `fixed`. */
export class FeeOracle {
  readonly #schedule: SettingsSchedule;
  readonly #reader: ChainReader;
  /** By the block's hash. */
  readonly #lowestTips = new LruCache<Hash, readonly bigint[]>(2 * SAMPLE_BLOCKS);
  #suggestion: { readonly head: Hash; readonly tip: bigint } | undefined;

  constructor(modules: { readonly reader: ChainReader; readonly schedule: SettingsSchedule }) {
    this.#schedule = modules.schedule;
    this.#reader = modules.reader;
  }

  nextBaseFee(head: Header): bigint {
    return nextBaseFee(head, this.#schedule);
  }

  /** Wei per gas. */
  suggestTip(head: Header): bigint {
    if (!this.#samples(head)) return 0n;
    if (this.#suggestion?.head !== head.hash) {
      this.#suggestion = { head: head.hash, tip: this.#sampleTips(head) };
    }
    return this.#suggestion.tip;
  }

  /** Gas of the blocks that have to be gone through for that. */
  suggestionGas(head: Header): bigint {
    if (!this.#samples(head) || this.#suggestion?.head === head.hash) return 0n;
    let gas = 0n;
    for (const { hash, gasUsed } of this.#sampled(head)) {
      if (!this.#lowestTips.has(hash)) gas += gasUsed;
    }
    return gas;
  }

  /** @throws ChainError `INVALID_RANGE` */
  history(blockCount: number, newest: Header, percentiles?: readonly number[]): FeeHistory {
    checkPercentiles(percentiles ?? []);
    const count = Math.min(Math.max(blockCount, 0), newest.number + 1);
    const oldest = newest.number - count + 1;
    const headers = Array.from({ length: count }, (_, i) => this.#header(oldest + i));
    const last = headers.at(-1);
    return {
      oldestBlock: count === 0 ? 0 : oldest,
      baseFeePerGas:
        last === undefined ? [] : [...headers.map((h) => h.baseFeePerGas), this.nextBaseFee(last)],
      gasUsedRatio: headers.map((h) => Number(h.gasUsed) / Number(h.gasLimit)),
      reward:
        percentiles === undefined || percentiles.length === 0
          ? undefined
          : headers.map((header) => this.#rewards(header, percentiles)),
      baseFeePerBlobGas: last === undefined ? [] : [...headers.map(() => 1n), 1n],
      blobGasUsedRatio: headers.map(() => 0),
    };
  }

  #header(number: number): Header {
    const header = this.#reader.headerByNumber(number);
    if (header === undefined) throw new ChainError(ChainErrorCode.BlockNotFound, 'block not found');
    return header;
  }

  /** Whether suggestions depend on what others paid. */
  #samples(head: Header): boolean {
    return this.#schedule.at(head.number + 1).settings.fees.mode === 'eip1559';
  }

  /** The last 20 blocks, without the empty ones. */
  #sampled(head: Header): Header[] {
    const count = Math.min(SAMPLE_BLOCKS, head.number);
    const headers = Array.from({ length: count }, (_, i) => this.#header(head.number - i));
    return headers.filter(({ gasUsed }) => gasUsed > 0n);
  }

  /** The 60th percentile of their lowest tips. */
  #sampleTips(head: Header): bigint {
    const tips = this.#sampled(head).flatMap((header) => this.#lowestOf(header));
    if (tips.length === 0) return GWEI;
    const tip = tips.sort(compare)[Math.floor(((tips.length - 1) * PERCENTILE) / 100)];
    return tip > MAX_TIP ? MAX_TIP : tip;
  }

  #lowestOf({ hash, number, baseFeePerGas }: Header): readonly bigint[] {
    let lowest = this.#lowestTips.get(hash);
    if (lowest === undefined) {
      lowest = this.#reader
        .blockByNumber(number)!
        .transactions.map((tx) => effectiveTip(tx, baseFeePerGas))
        .sort(compare)
        .slice(0, SAMPLES_PER_BLOCK);
      this.#lowestTips.set(hash, lowest);
    }
    return lowest;
  }

  /** The tips at these percentiles of the block's gas. */
  #rewards(header: Header, percentiles: readonly number[]): bigint[] {
    if (header.gasUsed === 0n) return percentiles.map(() => 0n);
    const block = this.#reader.blockByNumber(header.number)!;
    const records = this.#reader.receiptRecords(header.number);
    const paid = block.transactions
      .map((tx, i) => ({
        tip: effectiveTip(tx, header.baseFeePerGas),
        gasUsed: Number(records[i].gasUsed),
      }))
      .sort((a, b) => compare(a.tip, b.tip));
    let at = 0;
    let sum = paid[0].gasUsed;
    return percentiles.map((percentile) => {
      const threshold = (Number(header.gasUsed) * percentile) / 100;
      while (sum < threshold && at < paid.length - 1) sum += paid[++at].gasUsed;
      return paid[at].tip;
    });
  }
}

function checkPercentiles(percentiles: readonly number[]): void {
  const refuse = (why: string) => {
    throw new ChainError(ChainErrorCode.InvalidRange, `invalid reward percentile: ${why}`);
  };
  if (percentiles.length > MAX_PERCENTILES) refuse(`over the query limit ${MAX_PERCENTILES}`);
  percentiles.forEach((value, i) => {
    if (!(value >= 0 && value <= 100)) refuse(`${value}`);
    if (i > 0 && value <= percentiles[i - 1])
      refuse(`#${i - 1}:${percentiles[i - 1]} >= #${i}:${value}`);
  });
}
