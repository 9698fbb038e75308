import type { Hash } from '@flotilla/common';
import { type BlockEnv, type Evm, TraceBudget } from '@flotilla/evm';
import type { JournaledState } from '@flotilla/state';
import type { Header } from '../../block/types.js';
import type { CallLimits } from '../../config.js';
import { ChainError, ChainErrorCode } from '../../errors.js';
import { BlockExecution } from '../../execution/block-execution.js';
import { blockEnv } from '../../execution/template.js';
import type { AllowRules } from '../../settings/allow-rules.js';
import type { Transaction } from '../../transaction/types.js';
import { translated } from '../chain-state.js';
import { Deadline } from '../deadline.js';
import type { ExecutionModules, ExecutionOptions } from '../execution-modules.js';
import { traceFailure } from './trace-failure.js';
import { openTrace } from './trace-session.js';
import type { Trace, TraceRequest, TransactionTrace } from './types.js';

/** Executes past blocks again, on their parents' state, and watches. Needs no writer. */
export class BlockTracer {
  readonly #chainId: number;
  readonly #limits: Required<CallLimits>;
  readonly #modules: ExecutionModules;

  constructor(options: ExecutionOptions, modules: ExecutionModules) {
    this.#chainId = options.chainId;
    this.#limits = options.limits;
    this.#modules = modules;
  }

  /** @throws ChainError `TRANSACTION_NOT_FOUND`, and as `traceBlock` */
  traceTransaction(hash: Hash, request: TraceRequest): Trace {
    const location = this.#modules.reader.lookup(hash)?.block;
    if (location === undefined) {
      throw new ChainError(ChainErrorCode.TransactionNotFound, 'transaction not found');
    }
    const header = this.#modules.reader.headerByNumber(location.number)!;
    const defaultMs = this.#limits.timeoutMs;
    const replay = this.#replay(header, request, defaultMs);
    return this.#guarded(() => {
      for (const tx of replay.transactions.slice(0, location.index)) replay.pass(tx);
      return replay.trace(replay.transactions[location.index]);
    });
  }

  /** @throws ChainError `NOT_TRACEABLE` (genesis), `HISTORY_PRUNED`, `EXECUTION_TIMEOUT`, `LIMIT_EXCEEDED` */
  traceBlock(header: Header, request: TraceRequest): TransactionTrace[] {
    const replay = this.#replay(header, request, this.#limits.traceTimeoutMs);
    return this.#guarded(() =>
      replay.transactions.map((tx) => ({ transactionHash: tx.hash, trace: replay.trace(tx) })),
    );
  }

  #replay(header: Header, request: TraceRequest, defaultMs: number) {
    if (header.number === 0) {
      throw new ChainError(ChainErrorCode.NotTraceable, 'genesis is not traceable');
    }
    const { reader, state, forks, schedule, clock } = this.#modules;
    const { traceTimeoutMs, traceBytes } = this.#limits;
    const ms = Math.min(request.timeoutMs ?? defaultMs, traceTimeoutMs);
    return new BlockReplay(header, reader.blockByNumber(header.number)!.transactions, {
      state: state.at(header.number - 1).overlay(),
      evm: forks.evm(forks.at(header.timestamp)),
      env: blockEnv(header, this.#chainId, (number) => reader.headerByNumber(number)?.hash),
      allow: schedule.at(header.number).allow,
      request,
      deadline: new Deadline(ms, clock),
      budget: new TraceBudget(traceBytes),
    });
  }

  #guarded<Result>(run: () => Result): Result {
    try {
      return translated(run);
    } catch (error) {
      throw traceFailure(error);
    }
  }
}

interface ReplayModules {
  readonly state: JournaledState;
  readonly evm: Evm;
  readonly env: BlockEnv;
  readonly allow: AllowRules | undefined;
  readonly request: TraceRequest;
  readonly deadline: Deadline;
  readonly budget: TraceBudget;
}

/** A sealed block's transactions, executed one after the other as when it was built. */
class BlockReplay {
  readonly #modules: ReplayModules;
  #execution: BlockExecution | undefined;

  constructor(
    readonly header: Header,
    readonly transactions: readonly Transaction[],
    modules: ReplayModules,
  ) {
    this.#modules = modules;
  }

  /** Executes it unwatched. */
  pass(tx: Transaction): void {
    const { deadline } = this.#modules;
    deadline.check();
    this.#block().execute(tx, { interrupt: deadline.interrupt });
  }

  trace(tx: Transaction): Trace {
    const { request, deadline, env } = this.#modules;
    deadline.check();
    const block = this.#block();
    const session = openTrace(request.choice, this.#modules);
    session.begin(tx, env.coinbase);
    const { gasUsed, firstLogIndex } = block.execute(tx, {
      tracer: session.tracer,
      interrupt: deadline.interrupt,
    });
    return session.end({ gasLimit: tx.gasLimit, gasUsed, firstLogIndex });
  }

  /** Begins with the system calls, as the block did. */
  #block(): BlockExecution {
    const { state, evm, env, allow } = this.#modules;
    this.#execution ??= new BlockExecution(this.header, state, { evm, env, allow });
    return this.#execution;
  }
}
