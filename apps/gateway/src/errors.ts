import { FlotillaError } from '@flotilla/common';
import type { Excess, LimitName } from './limits/rate-meter.js';

/** What the gateway itself answers; it reaches clients in `error.data.code`. */
export enum GatewayErrorCode {
  UnknownChain = 'UNKNOWN_CHAIN',
  /** The chain wants a key: none was shown, or one that is unknown or revoked. */
  Unauthenticated = 'UNAUTHENTICATED',
  /** The key is good, but the chain is another tenant's. */
  Forbidden = 'FORBIDDEN',
  ChainPaused = 'CHAIN_PAUSED',
  ChainUnavailable = 'CHAIN_UNAVAILABLE',
  BodyTooLarge = 'BODY_TOO_LARGE',
  MethodNotAllowed = 'METHOD_NOT_ALLOWED',
  MalformedRequest = 'MALFORMED_REQUEST',
  UpstreamFailed = 'UPSTREAM_FAILED',
  /** Over a limit of the chain or of its key; `data.limit` says which. */
  LimitExceeded = 'LIMIT_EXCEEDED',
  /** Too many sleeping chains were woken by one key or address. */
  WakeBudget = 'WAKE_BUDGET',
  /** The time that the request gave itself is over; what the chain had not begun by then is not done. */
  DeadlineExceeded = 'DEADLINE_EXCEEDED',
}

interface Rendering {
  readonly status: number;
  readonly rpcCode: number;
}

const RENDERING: Record<GatewayErrorCode, Rendering> = {
  [GatewayErrorCode.UnknownChain]: { status: 404, rpcCode: -32001 },
  // As providers do whose clients ethers and viem know.
  [GatewayErrorCode.Unauthenticated]: { status: 401, rpcCode: -32600 },
  [GatewayErrorCode.Forbidden]: { status: 403, rpcCode: -32600 },
  [GatewayErrorCode.ChainPaused]: { status: 503, rpcCode: -32002 },
  [GatewayErrorCode.ChainUnavailable]: { status: 503, rpcCode: -32002 },
  [GatewayErrorCode.BodyTooLarge]: { status: 413, rpcCode: -32600 },
  [GatewayErrorCode.MethodNotAllowed]: { status: 405, rpcCode: -32600 },
  [GatewayErrorCode.MalformedRequest]: { status: 400, rpcCode: -32600 },
  [GatewayErrorCode.UpstreamFailed]: { status: 502, rpcCode: -32603 },
  [GatewayErrorCode.LimitExceeded]: { status: 429, rpcCode: -32005 },
  [GatewayErrorCode.WakeBudget]: { status: 429, rpcCode: -32005 },
  [GatewayErrorCode.DeadlineExceeded]: { status: 504, rpcCode: -32002 },
};

/** Which limit was met, and when to try again if that can help. */
interface LimitMet {
  readonly limit: LimitName;
  readonly retryAfterMs?: number;
}

export class GatewayError extends FlotillaError<GatewayErrorCode, LimitMet> {
  get status(): number {
    return RENDERING[this.code].status;
  }

  /** A JSON-RPC 2.0 error response for each id. Without any it says null: the gateway parses requests only if it must. */
  toJsonRpc(...ids: readonly unknown[]): string {
    const error = {
      code: RENDERING[this.code].rpcCode,
      message: this.message,
      data: { code: this.code, retryable: this.retryable, ...this.data },
    };
    const answer = (id: unknown = null) => JSON.stringify({ jsonrpc: '2.0', id, error });
    return ids.length < 2 ? answer(ids[0]) : `[${ids.map((id) => answer(id)).join(',')}]`;
  }

  /** Whole seconds after which to try again, at least one; undefined when that would change nothing. */
  get retryAfterSeconds(): number | undefined {
    if (!this.retryable) return undefined;
    return Math.max(1, Math.ceil((this.data?.retryAfterMs ?? 0) / 1000));
  }
}

/** Figures of a limit that is 0 never come back: such a wait is told as a day. */
const LONGEST_WAIT_MS = 86_400_000;

export function overLimit({ limit, retryAfterMs }: Excess): GatewayError {
  const data = { limit, retryAfterMs: Math.min(retryAfterMs, LONGEST_WAIT_MS) };
  const code = limit === 'wakes' ? GatewayErrorCode.WakeBudget : GatewayErrorCode.LimitExceeded;
  return new GatewayError(code, `limit exceeded: ${limit}`, { retryable: true, data });
}

export function unknownChain(chain: string): GatewayError {
  return new GatewayError(GatewayErrorCode.UnknownChain, `unknown chain: ${chain}`);
}

export function unavailable(chain: string): GatewayError {
  return new GatewayError(
    GatewayErrorCode.ChainUnavailable,
    `chain ${chain} does not answer right now, try again`,
    { retryable: true },
  );
}

export function tooLate(): GatewayError {
  return new GatewayError(
    GatewayErrorCode.DeadlineExceeded,
    'the deadline of the request is over; what the chain had not begun by then is not done',
  );
}
