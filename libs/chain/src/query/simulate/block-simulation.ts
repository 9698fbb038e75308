import { bytesToHex, RlpWriter, ZERO_HASH } from '@flotilla/common';
import {
  type BlockEnv,
  type CallResult,
  type Evm,
  type Log,
  TraceBudget,
  TransferTracer,
} from '@flotilla/evm';
import type { JournaledState } from '@flotilla/state';
import { blockSize } from '../../block/block.js';
import { addLogs, BLOOM_BYTES } from '../../block/bloom.js';
import { withHash } from '../../block/header.js';
import { ListRoot } from '../../execution/list-root.js';
import { closeBlock, openBlock } from '../../execution/system-calls.js';
import { type BlockTemplate, completeHeader } from '../../execution/template.js';
import type { AllowRules } from '../../settings/allow-rules.js';
import { type ReceiptRecord, writeReceipt } from '../../storage/receipt-record.js';
import { logEntries } from '../../storage/receipts.js';
import type { Transaction } from '../../transaction/types.js';
import type { Deadline } from '../deadline.js';
import { haltMessage } from '../halt-message.js';
import { revertMessage } from '../revert-reason.js';
import type { CallRequest } from '../types.js';
import { SimulationError, SimulationErrorCode } from './errors.js';
import { senderOf, simulatedTransaction } from './simulated-transaction.js';
import type { SimulatedBlock, SimulatedCall, SimulationRequest } from './types.js';

export interface BlockSimulationModules {
  readonly evm: Evm;
  readonly env: BlockEnv;
  readonly state: JournaledState;
  readonly allow: AllowRules | undefined;
  readonly deadline: Deadline;
  /** Of the whole answer. */
  readonly budget: TraceBudget;
  /** Gas that the whole simulation may still use. */
  readonly pool: { gas: bigint };
}

interface Executed {
  readonly tx: Transaction;
  readonly result: CallResult;
  /** What the call shows: more than its receipt holds when transfers are traced. */
  readonly logs: readonly Log[];
}

const CALL_BYTES = 300;
const LOG_BYTES = 600;

/** One imagined block: its calls one after the other, each on what the others left. */
export class BlockSimulation {
  readonly #template: BlockTemplate;
  readonly #options: Pick<SimulationRequest, 'validation' | 'traceTransfers'>;
  readonly #modules: BlockSimulationModules;
  readonly #executed: Executed[] = [];
  #gasUsed = 0n;

  constructor(
    template: BlockTemplate,
    options: Pick<SimulationRequest, 'validation' | 'traceTransfers'>,
    modules: BlockSimulationModules,
  ) {
    this.#template = template;
    this.#options = options;
    this.#modules = modules;
    openBlock(modules.evm, modules.env, modules.state, template.parentHash);
  }

  /** @throws SimulationError, EvmError when the call can't be executed at all */
  execute(request: CallRequest): void {
    const { env, state, allow, deadline, pool } = this.#modules;
    deadline.check();
    const left = this.#template.gasLimit - this.#gasUsed;
    let gasLimit = request.gas ?? left;
    if (gasLimit > left) {
      throw new SimulationError(
        SimulationErrorCode.BlockGasLimitReached,
        `block gas limit reached: ${this.#gasUsed + gasLimit} > ${this.#template.gasLimit}`,
      );
    }
    if (gasLimit > pool.gas) gasLimit = pool.gas;
    const tx = simulatedTransaction(request, {
      chainId: env.chainId,
      nonce: state.getNonce(senderOf(request)),
      gasLimit,
    });
    allow?.checkCreation(tx);
    const tracer = this.#options.traceTransfers ? new TransferTracer() : undefined;
    const options = {
      tracer,
      interrupt: deadline.interrupt,
      mayCreate: allow?.mayDeploy(tx.from),
      anySender: true,
    };
    const { evm } = this.#modules;
    const result = this.#options.validation
      ? evm.executeTransaction(tx, env, state, options)
      : evm.call(tx, env, state, options);
    this.#gasUsed += result.gasUsed;
    pool.gas -= result.gasUsed;
    const logs = tracer === undefined ? result.logs : tracer.logs;
    this.#spend(tx, result, logs);
    this.#executed.push({ tx, result, logs });
  }

  finish(): SimulatedBlock {
    const { evm, env, state } = this.#modules;
    const requestsHash = closeBlock(evm, env, state);
    const transactionsRoot = new ListRoot();
    const receiptsRoot = new ListRoot();
    const encoding = new RlpWriter();
    const bloom = new Uint8Array(BLOOM_BYTES);
    const records = this.#records();
    for (const [i, { tx }] of this.#executed.entries()) {
      addLogs(bloom, 0, records[i].logs);
      transactionsRoot.add(tx.raw);
      encoding.truncate(0);
      writeReceipt(encoding, tx.type, records[i]);
      receiptsRoot.add(encoding.view());
    }
    const header = withHash(
      completeHeader(this.#template, {
        stateRoot: ZERO_HASH,
        transactionsRoot: transactionsRoot.finish(),
        receiptsRoot: receiptsRoot.finish(),
        logsBloom: bytesToHex(bloom),
        gasUsed: this.#gasUsed,
        requestsHash,
      }),
    );
    let firstLogIndex = 0;
    const calls = this.#executed.map(({ tx, result, logs }, i): SimulatedCall => {
      const shown = { ...records[i], logs, firstLogIndex };
      firstLogIndex += logs.length;
      return {
        status: shown.status,
        output: result.output,
        gasUsed: result.gasUsed,
        maxUsedGas: result.gasUsed + result.gasRefunded,
        logs: logEntries(header, tx.hash, i, shown),
        failure: failureOf(result),
      };
    });
    const transactions = this.#executed.map(({ tx }) => tx);
    const size = blockSize(
      header,
      transactions.map(({ raw }) => raw),
    );
    return { block: { header, transactions, size }, calls };
  }

  #records(): ReceiptRecord[] {
    let cumulativeGasUsed = 0n;
    let firstLogIndex = 0;
    return this.#executed.map(({ result }) => {
      cumulativeGasUsed += result.gasUsed;
      const record: ReceiptRecord = {
        status: result.status === 'success' ? 1 : 0,
        gasUsed: result.gasUsed,
        cumulativeGasUsed,
        firstLogIndex,
        contractAddress: result.createdAddress,
        logs: result.logs,
      };
      firstLogIndex += result.logs.length;
      return record;
    });
  }

  #spend(tx: Transaction, result: CallResult, logs: readonly Log[]): void {
    const dataBytes = logs.reduce((sum, { data }) => sum + LOG_BYTES + 2 * data.length, 0);
    this.#modules.budget.spend(CALL_BYTES + dataBytes + 2 * (result.output.length + tx.raw.length));
  }
}

function failureOf({ status, output, haltReason }: CallResult): SimulatedCall['failure'] {
  if (status === 'success') return undefined;
  const isRevert = status === 'revert';
  return { isRevert, message: isRevert ? revertMessage(output) : haltMessage(haltReason) };
}
