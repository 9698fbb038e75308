import type { Hash } from '@flotilla/common';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { data } from '../params/values.js';

/** Recovery of the sender, journal, execution of a transfer and its part of a block. */
const SEND_MICROS = 120;

/** @param submit resolves with the hash once losing the process can't lose the transaction */
export function sendMethods(submit: (raw: Uint8Array) => Promise<Hash>): RpcMethod[] {
  return [
    method('eth_sendRawTransaction', [data], ([raw]) => submit(raw), {
      concurrent: true,
      costMicros: SEND_MICROS,
    }),
  ];
}
