import { bytesToHex, RlpWriter } from '@flotilla/common';
import {
  type BlockEnv,
  createAddress,
  type Evm,
  type ExecuteOptions,
  type Tracer,
} from '@flotilla/evm';
import type { JournaledState } from '@flotilla/state';
import { addLogs, BLOOM_BYTES } from '../block/bloom.js';
import { isImpersonated } from '../dev/impersonation.js';
import type { AllowRules } from '../settings/allow-rules.js';
import { BodyRecords } from '../storage/block-records.js';
import { type ReceiptRecord, writeReceipt } from '../storage/receipt-record.js';
import type { Transaction } from '../transaction/types.js';
import { ListRoot } from './list-root.js';
import type { Slices } from './slices.js';
import { closeBlock, openBlock } from './system-calls.js';
import type { BlockTemplate, ExecutedFields } from './template.js';

/** One block being executed on an overlay of its parent's state, the same way when built and when imported. */
export class BlockExecution {
  readonly transactions: Transaction[] = [];
  readonly receipts: ReceiptRecord[] = [];
  readonly records = new BodyRecords();
  readonly #transactionsRoot = new ListRoot();
  readonly #receiptsRoot = new ListRoot();
  readonly #encoding = new RlpWriter();
  readonly #bloom = new Uint8Array(BLOOM_BYTES);
  readonly #evm: Evm;
  readonly #options: ExecuteOptions;
  readonly #impersonatedOptions: ExecuteOptions;
  readonly #env: BlockEnv;
  readonly #allow: AllowRules | undefined;
  #gasUsed = 0n;
  #logs = 0;

  constructor(
    readonly template: BlockTemplate,
    readonly state: JournaledState,
    modules: {
      readonly evm: Evm;
      readonly env: BlockEnv;
      /** Undefined: everybody may send and deploy. */
      readonly allow?: AllowRules;
      readonly tracer?: Tracer;
    },
  ) {
    this.#evm = modules.evm;
    this.#options = { tracer: modules.tracer };
    this.#impersonatedOptions = { ...this.#options, anySender: true };
    this.#env = modules.env;
    this.#allow = modules.allow;
    openBlock(this.#evm, this.#env, state, template.parentHash);
  }

  get gasUsed(): bigint {
    return this.#gasUsed;
  }

  get gasLeft(): bigint {
    return this.template.gasLimit - this.#gasUsed;
  }

  /**
   * @throws EvmError, or ChainError `SENDER_NOT_ALLOWED`, `DEPLOYER_NOT_ALLOWED`, when the transaction is invalid; the
   * block is then as it was before
   */
  execute(tx: Transaction, options?: ExecuteOptions): ReceiptRecord {
    const own = this.#optionsFor(tx);
    const all = options === undefined ? own : { ...own, ...options };
    const result = this.#evm.executeTransaction(tx, this.#env, this.state, all);
    this.#gasUsed += result.gasUsed;
    const record: ReceiptRecord = {
      status: result.status === 'success' ? 1 : 0,
      gasUsed: result.gasUsed,
      cumulativeGasUsed: this.#gasUsed,
      firstLogIndex: this.#logs,
      // Also of a creation that failed, as geth has it.
      contractAddress: tx.to === undefined ? createAddress(tx.from, tx.nonce) : undefined,
      logs: result.logs,
    };
    this.#add(tx, record);
    return record;
  }

  #add(tx: Transaction, record: ReceiptRecord): void {
    addLogs(this.#bloom, 0, record.logs);
    this.#logs += record.logs.length;
    this.transactions.push(tx);
    this.receipts.push(record);
    this.records.add(tx, record);
    this.#transactionsRoot.add(tx.raw);
    this.#encoding.truncate(0);
    writeReceipt(this.#encoding, tx.type, record);
    this.#receiptsRoot.add(this.#encoding.view());
  }

  #optionsFor(tx: Transaction): ExecuteOptions {
    const options = isImpersonated(tx) ? this.#impersonatedOptions : this.#options;
    if (this.#allow === undefined) return options;
    const refusal = this.#allow.refusal(tx);
    if (refusal !== undefined) throw refusal;
    return { ...options, mayCreate: this.#allow.mayDeploy(tx.from) };
  }

  /** Runs what ends a block, step by step; afterwards only the state root is missing. */
  async finish(slices: Slices): Promise<Omit<ExecutedFields, 'stateRoot'>> {
    const requestsHash = closeBlock(this.#evm, this.#env, this.state);
    await slices.turn();
    const transactionsRoot = this.#transactionsRoot.finish();
    const receiptsRoot = this.#receiptsRoot.finish();
    const logsBloom = bytesToHex(this.#bloom);
    return { requestsHash, transactionsRoot, receiptsRoot, logsBloom, gasUsed: this.#gasUsed };
  }
}
