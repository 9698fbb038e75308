import { FlotillaError } from '@flotilla/common';

/** What the gateway itself answers; it reaches clients in `error.data.code`. */
export enum GatewayErrorCode {
  UnknownChain = 'UNKNOWN_CHAIN',
  ChainPaused = 'CHAIN_PAUSED',
  ChainUnavailable = 'CHAIN_UNAVAILABLE',
  BodyTooLarge = 'BODY_TOO_LARGE',
  MethodNotAllowed = 'METHOD_NOT_ALLOWED',
  MalformedRequest = 'MALFORMED_REQUEST',
  UpstreamFailed = 'UPSTREAM_FAILED',
}

interface Rendering {
  readonly status: number;
  readonly rpcCode: number;
}

const RENDERING: Record<GatewayErrorCode, Rendering> = {
  [GatewayErrorCode.UnknownChain]: { status: 404, rpcCode: -32001 },
  [GatewayErrorCode.ChainPaused]: { status: 503, rpcCode: -32002 },
  [GatewayErrorCode.ChainUnavailable]: { status: 503, rpcCode: -32002 },
  [GatewayErrorCode.BodyTooLarge]: { status: 413, rpcCode: -32600 },
  [GatewayErrorCode.MethodNotAllowed]: { status: 405, rpcCode: -32600 },
  [GatewayErrorCode.MalformedRequest]: { status: 400, rpcCode: -32600 },
  [GatewayErrorCode.UpstreamFailed]: { status: 502, rpcCode: -32603 },
};

export class GatewayError extends FlotillaError<GatewayErrorCode> {
  get status(): number {
    return RENDERING[this.code].status;
  }

  /** A JSON-RPC 2.0 error response; the request's id is unknown, since the gateway does not parse it. */
  toJsonRpc(): string {
    return JSON.stringify({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: RENDERING[this.code].rpcCode,
        message: this.message,
        data: { code: this.code, retryable: this.retryable },
      },
    });
  }
}
