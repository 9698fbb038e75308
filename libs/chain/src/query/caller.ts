import { ZERO_ADDRESS } from '@flotilla/common';
import {
  type BlockEnv,
  type CallMessage,
  type CallResult,
  completeMessage,
  type Evm,
  EvmError,
  EvmErrorCode,
  TraceBudget,
  type Tracer,
} from '@flotilla/evm';
import { JournaledState } from '@flotilla/state';
import type { Header } from '../block/types.js';
import type { CallLimits } from '../config.js';
import { type DevTime, upcomingTimestamp } from '../dev/dev-time.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { blockEnv } from '../execution/template.js';
import { nextBaseFee } from '../fees/base-fee.js';
import { translated } from './chain-state.js';
import { Deadline } from './deadline.js';
import type { ExecutionModules, ExecutionOptions } from './execution-modules.js';
import { haltMessage } from './halt-message.js';
import { applyBlockOverrides, applyStateOverrides, withoutStorage } from './overrides.js';
import { revertMessage, revertReason } from './revert-reason.js';
import { traceFailure } from './trace/trace-failure.js';
import { openTrace } from './trace/trace-session.js';
import type { Trace, TraceRequest } from './trace/types.js';
import type { BlockOverride, CallOptions, CallOutcome, CallRequest } from './types.js';

export interface CallerModules extends ExecutionModules {
  /** On development chains: what was asked of the clock. */
  readonly devTime?: () => DevTime | undefined;
  /** Sees what `call` does, and the first attempt of an estimate. */
  readonly tracer?: Tracer;
}

export interface Prepared {
  readonly evm: Evm;
  readonly env: BlockEnv;
  readonly state: JournaledState;
  readonly mayCreate: boolean | undefined;
}

/** Executes messages without a signature on the state of a block. Needs no writer: worker threads build their own. */
export class Caller {
  readonly #chainId: number;
  readonly #limits: Required<CallLimits>;
  readonly #modules: CallerModules;

  constructor(options: ExecutionOptions, modules: CallerModules) {
    this.#chainId = options.chainId;
    this.#limits = options.limits;
    this.#modules = modules;
  }

  /** @throws ChainError `EXECUTION_REVERTED`, `EXECUTION_FAILED`, `EXECUTION_TIMEOUT`, `INVALID_CALL`, `HISTORY_PRUNED` */
  call(request: CallRequest, header: Header, options: CallOptions = {}): CallOutcome {
    const result = this.run(this.message(request), header, options, this.tracer);
    if (result.status === 'revert') throw reverted(result.output);
    if (result.status === 'halt') {
      throw new ChainError(ChainErrorCode.ExecutionFailed, haltMessage(result.haltReason));
    }
    return { output: result.output, gasUsed: result.gasUsed };
  }

  get tracer(): Tracer | undefined {
    return this.#modules.tracer;
  }

  /** Fills in what is left out, as geth does. @throws ChainError `INVALID_CALL` */
  message(request: CallRequest): CallMessage {
    const { gas, gasPrice, maxFeePerGas, maxPriorityFeePerGas, ...rest } = request;
    if (
      gasPrice !== undefined &&
      (maxFeePerGas !== undefined || maxPriorityFeePerGas !== undefined)
    ) {
      throw new ChainError(
        ChainErrorCode.InvalidCall,
        'both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified',
      );
    }
    const cap = this.#limits.gasCap;
    return {
      ...rest,
      type: typeOf(request),
      from: request.from ?? ZERO_ADDRESS,
      maxFeePerGas: gasPrice ?? maxFeePerGas ?? 0n,
      maxPriorityFeePerGas: gasPrice ?? maxPriorityFeePerGas ?? 0n,
      gasLimit: gas === undefined || gas > cap ? cap : gas,
    };
  }

  /**
   * The block that a transaction sent now will be in at the earliest. Its time lies after the head's: contracts
   * that do more once time has passed (price accumulators) would else get too low an estimate.
   */
  upcoming(head: Header): BlockOverride {
    const { clock, schedule, devTime } = this.#modules;
    const number = head.number + 1;
    return {
      number: BigInt(number),
      time: BigInt(upcomingTimestamp(head, Math.floor(clock.now() / 1000), devTime?.())),
      gasLimit: schedule.at(number).settings.gasLimit,
      baseFeePerGas: nextBaseFee(head, schedule),
    };
  }

  /** @throws ChainError `EXECUTION_TIMEOUT`, `INVALID_CALL`, `DEPLOYER_NOT_ALLOWED`, `HISTORY_PRUNED` */
  run(message: CallMessage, header: Header, options: CallOptions, tracer?: Tracer): CallResult {
    const { interrupt } = new Deadline(this.#limits.timeoutMs, this.#modules.clock);
    try {
      return translated(() => {
        const { evm, env, state, mayCreate } = this.prepare(message, header, options);
        return evm.call(message, env, state, { interrupt, mayCreate, tracer });
      });
    } catch (error) {
      throw this.#failure(error, message);
    }
  }

  /** Runs the request and watches; that it fails is no error here. @throws as `run`, and `LIMIT_EXCEEDED` */
  trace(request: CallRequest, header: Header, options: CallOptions, trace: TraceRequest): Trace {
    const { timeoutMs, traceTimeoutMs, traceBytes } = this.#limits;
    const ms = Math.min(trace.timeoutMs ?? timeoutMs, traceTimeoutMs);
    const { interrupt } = new Deadline(ms, this.#modules.clock);
    const message = this.message(request);
    try {
      return translated(() => {
        const { evm, env, state, mayCreate } = this.prepare(message, header, options);
        const budget = new TraceBudget(traceBytes);
        const session = openTrace(trace.choice, { evm, state, budget });
        session.begin(completeMessage(message, state), env.coinbase);
        const { tracer } = session;
        const { gasUsed } = evm.call(message, env, state, { tracer, interrupt, mayCreate });
        return session.end({ gasLimit: message.gasLimit, gasUsed, firstLogIndex: 0 });
      });
    } catch (error) {
      throw traceFailure(error);
    }
  }

  /** What running the message on top of a block takes. @throws ChainError `DEPLOYER_NOT_ALLOWED`, StateError `HISTORY_PRUNED` */
  prepare(message: CallMessage, header: Header, options: CallOptions): Prepared {
    const { forks, reader, schedule } = this.#modules;
    const block = applyBlockOverrides(header, options.blockOverrides ?? {});
    const { allow } = schedule.at(block.number);
    const { from = ZERO_ADDRESS, to } = message;
    allow?.checkCreation({ from, to });
    const env = blockEnv(block, this.#chainId, (number) => reader.headerByNumber(number)?.hash);
    return {
      evm: forks.evm(forks.at(block.timestamp)),
      env: {
        ...env,
        blobBaseFee: options.blockOverrides?.blobBaseFee ?? env.blobBaseFee,
      },
      state: this.#overlay(header, options),
      mayCreate: allow?.mayDeploy(from),
    };
  }

  #overlay(header: Header, options: CallOptions): JournaledState {
    const view = this.#modules.state.at(header.number);
    const overrides = options.stateOverrides;
    if (overrides === undefined || overrides.size === 0) return view.overlay();
    const state = new JournaledState(withoutStorage(view, overrides));
    applyStateOverrides(state, overrides);
    return state;
  }

  #failure(error: unknown, message: CallMessage): unknown {
    if (!(error instanceof EvmError)) return error;
    if (error.code === EvmErrorCode.Interrupted) {
      return new ChainError(
        ChainErrorCode.ExecutionTimeout,
        `execution aborted (timeout = ${this.#limits.timeoutMs / 1000}s)`,
        { cause: error },
      );
    }
    return new ChainError(
      ChainErrorCode.InvalidCall,
      `err: ${error.message} (supplied gas ${message.gasLimit})`,
      { cause: error },
    );
  }
}

function typeOf(request: CallRequest): CallMessage['type'] {
  if (request.authorizationList !== undefined) return 4;
  if (request.maxFeePerGas !== undefined || request.maxPriorityFeePerGas !== undefined) return 2;
  return request.accessList === undefined ? 0 : 1;
}

export function reverted(output: Uint8Array): ChainError {
  return new ChainError(ChainErrorCode.ExecutionReverted, revertMessage(output), {
    data: { output, reason: revertReason(output) },
  });
}
