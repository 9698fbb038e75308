import { type Address, bigIntToBytes, type Hash } from '@flotilla/common';
import type { Log } from '../state.js';
import type { EnterEvent, ExitEvent, Tracer } from '../tracer.js';

/** Where logs of moved coins seem to come from (ERC-7528). */
const NATIVE_TOKEN: Address = '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';
/** `Transfer(address,address,uint256)`. */
const TRANSFER: Hash = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/** The logs of an execution, with one more for each move of coins, in ERC-20's shape. */
export class TransferTracer implements Tracer {
  /** By frame under way: a frame that fails takes its logs with it. */
  readonly #frames: Log[][] = [[]];

  get logs(): readonly Log[] {
    return this.#frames[0];
  }

  onEnter({ kind, from, to, value }: EnterEvent): void {
    this.#frames.push([]);
    if (value !== 0n && kind !== 'DELEGATECALL') this.#add(transferLog(from, to, value));
  }

  onLog(log: Log): void {
    this.#add(log);
  }

  onExit({ error }: ExitEvent): void {
    const logs = this.#frames.pop() as Log[];
    if (error === undefined) for (const log of logs) this.#add(log);
  }

  #add(log: Log): void {
    (this.#frames.at(-1) as Log[]).push(log);
  }
}

function transferLog(from: Address, to: Address, value: bigint): Log {
  return {
    address: NATIVE_TOKEN,
    topics: [TRANSFER, topicOf(from), topicOf(to)],
    data: bigIntToBytes(value, 32),
  };
}

const topicOf = (address: Address): Hash => `0x${address.slice(2).padStart(64, '0')}`;
