import type { Hex } from '@flotilla/common';

/** JSON text of an id, kept as text so that numbers beyond 2^53 come back digit for digit. */
export type IdText = string;

export interface JsonRpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: Hex | { readonly code: string };
}

/** An error that was put into JSON-RPC's form where it happened. */
export class AnsweredError extends Error {
  constructor(readonly object: JsonRpcErrorObject) {
    super(object.message);
  }
}

/** One entry of a request body after the envelope's checks. */
export type ParsedRequest =
  | {
      readonly kind: 'call';
      readonly id: IdText;
      readonly method: string;
      readonly params: unknown;
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'invalid'; readonly id: IdText };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * Sorts one decoded entry as geth does: any id but an object or an array is legal (null too), a
 * request without an id is a notification, and the version must be the text "2.0".
 * @param rawId gives the id's source text when its value can't be trusted to print back the same.
 */
export function parseRequest(entry: unknown, rawId: () => string | undefined): ParsedRequest {
  if (!isObject(entry)) return { kind: 'invalid', id: 'null' };
  const hasId = Object.hasOwn(entry, 'id');
  const id = hasId ? idText(entry.id, rawId) : undefined;
  const method = own(entry, 'method');
  if (own(entry, 'jsonrpc') !== '2.0' || typeof method !== 'string' || method === '') {
    return { kind: 'invalid', id: id ?? 'null' };
  }
  const params = own(entry, 'params');
  if (!hasId) return { kind: 'notification', method, params };
  return id === undefined ? { kind: 'invalid', id: 'null' } : { kind: 'call', id, method, params };
}

function idText(id: unknown, rawId: () => string | undefined): IdText | undefined {
  if (typeof id === 'object' && id !== null) return undefined;
  if (typeof id === 'number' && !Number.isSafeInteger(id)) return rawId() ?? JSON.stringify(id);
  return JSON.stringify(id);
}

/** A result that is JSON text already. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** JSON of any result; a bigint that slipped through becomes a quantity instead of an exception. */
export function encodeResult(result: unknown): string {
  if (result instanceof RawJson) return result.text;
  if (result === undefined) return 'null';
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(result, (_, value: unknown) =>
      typeof value === 'bigint' ? `0x${value.toString(16)}` : value,
    );
  }
}

export function successText(id: IdText, resultText: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${resultText}}`;
}

export function errorText(id: IdText, error: JsonRpcErrorObject): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`;
}
