import type { Hash } from '@flotilla/common';
import type {
  CallFrame,
  CallTracerOptions,
  PrestateTrace,
  PrestateTracerOptions,
  StructLog,
  StructLoggerOptions,
} from '@flotilla/evm';

/** Which tracer, with its options; names as geth's, `structLogger` being its default. */
export type TracerChoice =
  | { readonly tracer: 'structLogger'; readonly options: StructLoggerOptions }
  | { readonly tracer: 'callTracer'; readonly options: CallTracerOptions }
  | { readonly tracer: 'prestateTracer'; readonly options: PrestateTracerOptions }
  | { readonly tracer: '4byteTracer' }
  | { readonly tracer: 'noopTracer' };

export interface TraceRequest {
  readonly choice: TracerChoice;
  /** Milliseconds for the whole answer; no more than the node's own limit. */
  readonly timeoutMs?: number;
}

export type Trace =
  | {
      readonly tracer: 'structLogger';
      readonly gasUsed: bigint;
      readonly failed: boolean;
      /** What was returned, also by REVERT. */
      readonly output: Uint8Array;
      readonly logs: readonly StructLog[];
    }
  | {
      readonly tracer: 'callTracer';
      /** Of the transaction; the root frame knows only what was left after the intrinsic gas. */
      readonly gasLimit: bigint;
      readonly gasUsed: bigint;
      readonly root: CallFrame;
      /** Logs of the block before this transaction's. */
      readonly firstLogIndex: number;
    }
  | ({ readonly tracer: 'prestateTracer' } & PrestateTrace)
  /** `0x<selector>-<bytes of arguments>` to calls. */
  | { readonly tracer: '4byteTracer'; readonly counts: ReadonlyMap<string, number> }
  | { readonly tracer: 'noopTracer' };

export interface TransactionTrace {
  readonly transactionHash: Hash;
  readonly trace: Trace;
}
