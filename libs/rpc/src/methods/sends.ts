import { gasLimitOf } from '@flotilla/chain';
import type { Hash } from '@flotilla/common';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { data } from '../params/values.js';

/** Recovery of the sender, journal, execution of a transfer and its part of a block. */
const SEND_MICROS = 120;
/** A plain transfer's gas is in that. */
const TRANSFER_GAS = 21_000;
/** 200 million gas per second of a core. */
const GAS_PER_MICRO = 200;
/** Tools ask for far more gas than they use; what is mined counts against the chain's rate of gas by itself. */
const MAX_GAS_MICROS = 5_000;

/** @param submit resolves with the hash once losing the process can't lose the transaction */
export function sendMethods(submit: (raw: Uint8Array) => Promise<Hash>): RpcMethod[] {
  return [
    method(
      'eth_sendRawTransaction',
      [data],
      async ([raw], { cost }) => {
        const micros = gasMicros(raw);
        const hash = await submit(raw);
        // Who is refused has had nothing executed.
        if (cost !== undefined) cost.micros += micros;
        return hash;
      },
      { concurrent: true, costMicros: SEND_MICROS },
    ),
  ];
}

/** What the execution will take in the writer, estimated before it is known. */
function gasMicros(raw: Uint8Array): number {
  const gas = Math.max(0, gasLimitOf(raw) - TRANSFER_GAS);
  return Math.min(gas / GAS_PER_MICRO, MAX_GAS_MICROS);
}
