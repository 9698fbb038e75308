import { ChainError, ChainErrorCode, SimulationError, SimulationErrorCode } from '@flotilla/chain';
import {
  bytesToHex,
  CommonError,
  CommonErrorCode,
  EMPTY_BYTES,
  FlotillaError,
  type Hex,
  type Logger,
} from '@flotilla/common';
import { RpcError, RpcErrorCode } from './errors.js';
import { AnsweredError, type JsonRpcErrorObject } from './json-rpc.js';

const SERVER_ERROR = -32000;
const INTERNAL_ERROR = -32603;

/** JSON-RPC numbers by our own code; whatever isn't listed is geth's catch-all -32000. */
const NUMBERS: ReadonlyMap<string, number> = new Map<string, number>([
  [RpcErrorCode.ParseError, -32700],
  [RpcErrorCode.InvalidRequest, -32600],
  [RpcErrorCode.BatchTooLarge, -32600],
  [RpcErrorCode.BodyTooLarge, -32600],
  [RpcErrorCode.MethodNotFound, -32601],
  [RpcErrorCode.SubscriptionNotFound, -32601],
  [RpcErrorCode.SubscriptionsUnsupported, -32601],
  [RpcErrorCode.InvalidParams, -32602],
  [RpcErrorCode.Internal, INTERNAL_ERROR],
  [RpcErrorCode.LimitExceeded, -32005],
  [RpcErrorCode.Busy, -32005],
  [RpcErrorCode.DeadlineExceeded, -32002],
  [RpcErrorCode.ResponseTooLarge, -32003],
  [ChainErrorCode.ExecutionReverted, 3],
  [ChainErrorCode.InvalidRange, -32602],
  [ChainErrorCode.AlreadyMined, -32602],
  [ChainErrorCode.DiskFull, -32005],
  [SimulationErrorCode.NonceTooLow, -38010],
  [SimulationErrorCode.NonceTooHigh, -38011],
  [SimulationErrorCode.FeeCapTooLow, -38012],
  [SimulationErrorCode.IntrinsicGasTooLow, -38013],
  [SimulationErrorCode.InsufficientFunds, -38014],
  [SimulationErrorCode.BlockGasLimitReached, -38015],
  [SimulationErrorCode.BlockNumberOutOfOrder, -38020],
  [SimulationErrorCode.BlockTimeOutOfOrder, -38021],
  [SimulationErrorCode.InitCodeTooLarge, -38025],
  [SimulationErrorCode.LimitExceeded, -38026],
  [SimulationErrorCode.Timeout, -32016],
]);

/** Codes whose messages are written for users; anything else would leak how the node works inside. */
function isPublic(error: FlotillaError): boolean {
  return (
    error instanceof RpcError ||
    error instanceof ChainError ||
    error instanceof SimulationError ||
    (error instanceof CommonError && error.code !== CommonErrorCode.InvariantViolated)
  );
}

/** Of a revert `error.data` is the output itself, as geth does it and every client library expects. */
function revertData(error: FlotillaError): Hex | undefined {
  if (!(error instanceof ChainError) || error.code !== ChainErrorCode.ExecutionReverted) {
    return undefined;
  }
  return bytesToHex(error.data?.output ?? EMPTY_BYTES);
}

/** Which limit was met, and when to try again; of refusals that say so. */
function excess({ data }: FlotillaError): { limit?: string; retryAfterMs?: number } {
  const { limit, retryAfterMs } = (data ?? {}) as { limit?: unknown; retryAfterMs?: unknown };
  return {
    ...(typeof limit === 'string' && { limit }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  };
}

/** The one place where errors become JSON-RPC. Unexpected ones are logged and answered without detail. */
export function toJsonRpcError(error: unknown, logger: Logger): JsonRpcErrorObject {
  if (error instanceof AnsweredError) return error.object;
  if (error instanceof FlotillaError && isPublic(error)) {
    return {
      code: NUMBERS.get(error.code) ?? SERVER_ERROR,
      message: error.message,
      data: revertData(error) ?? { code: error.code, ...excess(error) },
    };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  logger.error('rpc request failed', { error: String(error), stack });
  const code = error instanceof FlotillaError ? error.code : RpcErrorCode.Internal;
  return { code: INTERNAL_ERROR, message: 'internal error', data: { code } };
}
