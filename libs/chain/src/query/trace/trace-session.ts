import type { Address } from '@flotilla/common';
import {
  CallTracer,
  type Evm,
  type EvmState,
  type EvmTransaction,
  PrestateTracer,
  SelectorCounter,
  StructLogger,
  type TraceBudget,
  type Tracer,
} from '@flotilla/evm';
import type { Trace, TracerChoice } from './types.js';

export interface TraceModules {
  readonly evm: Evm;
  /** What the execution works on. */
  readonly state: EvmState;
  readonly budget: TraceBudget;
}

export interface TracedOutcome {
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly firstLogIndex: number;
}

/** One execution being traced: `begin`, run it with `tracer`, `end`. */
export interface TraceSession {
  readonly tracer: Tracer;
  begin(tx: EvmTransaction, coinbase: Address): void;
  end(outcome: TracedOutcome): Trace;
}

const nothing = () => undefined;

export function openTrace(choice: TracerChoice, modules: TraceModules): TraceSession {
  switch (choice.tracer) {
    case 'structLogger': {
      const tracer = new StructLogger(choice.options, modules);
      return {
        tracer,
        begin: nothing,
        end: ({ gasUsed }) => ({
          tracer: choice.tracer,
          gasUsed,
          failed: tracer.error !== undefined,
          output: tracer.output,
          logs: tracer.logs,
        }),
      };
    }
    case 'callTracer': {
      const tracer = new CallTracer(choice.options, modules);
      // Every execution enters a frame.
      return {
        tracer,
        begin: nothing,
        end: (outcome) => ({ tracer: choice.tracer, ...outcome, root: tracer.root! }),
      };
    }
    case 'prestateTracer': {
      const tracer = new PrestateTracer(choice.options, modules);
      return {
        tracer,
        begin: (tx, coinbase) => tracer.begin(tx, coinbase),
        end: () => ({ tracer: choice.tracer, ...tracer.result() }),
      };
    }
    case '4byteTracer': {
      const tracer = new SelectorCounter({
        isPrecompile: (address) => modules.evm.isPrecompile(address),
      });
      return {
        tracer,
        begin: nothing,
        end: () => ({ tracer: choice.tracer, counts: tracer.counts }),
      };
    }
    case 'noopTracer':
      return { tracer: {}, begin: nothing, end: () => ({ tracer: choice.tracer }) };
  }
}
