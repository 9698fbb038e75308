import { type Address, EMPTY_BYTES, type Hex, hexToBytes, ZERO_HASH } from '@flotilla/common';
import type { BlockEnv, Evm, TransactionResult } from '@flotilla/evm';
import { type JournaledState, WorldState } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import { Interface } from 'ethers';
import type { Artifact } from '../../test/artifacts.js';

export const SENDER: Address = `0x${'a1'.repeat(20)}`;
const GAS_LIMIT = 1_000_000_000n;

const BLOCK: BlockEnv = {
  number: 1n,
  timestamp: 1_700_000_000n,
  coinbase: `0x${'cb'.repeat(20)}`,
  gasLimit: GAS_LIMIT,
  baseFee: 0n,
  prevRandao: ZERO_HASH,
  blobBaseFee: 1n,
  chainId: 1n,
  blockHash: () => undefined,
};

/** Sends one transaction that must succeed. */
export type Send = () => TransactionResult;

/** A deployed contract, whose calls are encoded once and sent as often as one likes. */
export interface SandboxContract {
  readonly address: Address;
  prepare(method: string, ...args: readonly unknown[]): Send;
}

/** A machine and a state of its own, in which one sender acts. */
export class Sandbox {
  private readonly state: JournaledState = new WorldState({}, { store: new MemoryStore() }).begin();

  constructor(private readonly evm: Evm) {}

  deploy({ abi, bytecode }: Artifact, ...args: readonly unknown[]): SandboxContract {
    const contract = new Interface(abi);
    const data = `${bytecode}${contract.encodeDeploy(args).slice(2)}` as Hex;
    const address = this.send(undefined, hexToBytes(data)).createdAddress as Address;
    const prepare = (method: string, ...values: readonly unknown[]) => {
      const input = hexToBytes(contract.encodeFunctionData(method, values));
      return () => this.send(address, input);
    };
    return { address, prepare };
  }

  private send(to: Address | undefined, data: Uint8Array = EMPTY_BYTES): TransactionResult {
    const result = this.evm.executeTransaction(
      {
        type: 2,
        from: SENDER,
        to,
        nonce: this.state.getNonce(SENDER),
        gasLimit: GAS_LIMIT,
        maxFeePerGas: 0n,
        maxPriorityFeePerGas: 0n,
        value: 0n,
        data,
      },
      BLOCK,
      this.state,
    );
    if (result.status !== 'success') throw new Error(`a program ended with ${result.haltReason}`);
    return result;
  }
}
