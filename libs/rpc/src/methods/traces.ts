import type { BlockId, ChainView, TraceRequest } from '@flotilla/chain';
import { formatTrace } from '../format/trace/trace.js';
import type { RpcMethod } from '../method.js';
import { callRequest } from '../params/call-request.js';
import { method, optional } from '../params/parser.js';
import { DEFAULT_TRACE, traceCallConfig, traceConfig } from '../params/trace-config.js';
import { blockId, blockNumber, hash } from '../params/values.js';

/** Executions watched instruction by instruction or call by call, past and imagined ones. */
export function traceMethods(chain: ChainView): RpcMethod[] {
  const config = optional(traceConfig, DEFAULT_TRACE);
  const block = (id: BlockId, request: TraceRequest) =>
    chain.traceBlock(id, request).map(({ transactionHash, trace }) => ({
      txHash: transactionHash,
      result: formatTrace(trace),
    }));
  return [
    method('debug_traceTransaction', [hash, config], ([id, request]) =>
      formatTrace(chain.traceTransaction(id, request)),
    ),
    method('debug_traceBlockByNumber', [blockNumber, config], ([id, request]) =>
      block(id, request),
    ),
    method('debug_traceBlockByHash', [hash, config], ([id, request]) =>
      block({ hash: id }, request),
    ),
    method(
      'debug_traceCall',
      [
        callRequest(chain.identity.chainId),
        optional(blockId, 'latest'),
        optional(traceCallConfig, { trace: DEFAULT_TRACE, options: {} }),
      ],
      ([request, at, { trace, options }]) =>
        formatTrace(chain.traceCall(request, at, trace, options)),
    ),
  ];
}
