import type { Hash } from '@flotilla/common';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { data } from '../params/values.js';

/** @param submit resolves with the hash once losing the process can't lose the transaction */
export function sendMethods(submit: (raw: Uint8Array) => Promise<Hash>): RpcMethod[] {
  return [
    method('eth_sendRawTransaction', [data], ([raw]) => submit(raw), {
      concurrent: true,
    }),
  ];
}
