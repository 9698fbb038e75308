import type { Address, Hex } from '@flotilla/common';
import { getCreateAddress, Interface } from 'ethers';
import type { Artifact } from '../../test/artifacts.js';
import type { Cast } from '../load/accounts.js';
import type { SetupStep } from './workload.js';

const SETUP_GAS = 6_000_000;

export interface Deployed {
  readonly address: Address;
  encode(method: string, ...args: readonly unknown[]): Hex;
}

/** Writes down what the deployer does, and knows the contracts' addresses before they exist. */
export class Deployment {
  readonly steps: SetupStep[] = [];

  constructor(private readonly cast: Cast) {}

  contract({ abi, bytecode }: Artifact, ...args: readonly unknown[]): Deployed {
    const from = this.cast.deployer.address;
    const address = getCreateAddress({ from, nonce: this.steps.length }).toLowerCase() as Address;
    const encodedArguments = new Interface(abi).encodeDeploy(args).slice(2);
    this.#add({ data: `${bytecode}${encodedArguments}` });
    return deployedAt(address, abi);
  }

  call(contract: Deployed, method: string, ...args: readonly unknown[]): void {
    this.#add({ to: contract.address, data: contract.encode(method, ...args) });
  }

  #add(call: { readonly to?: Address; readonly data: Hex }): void {
    this.steps.push({ from: 'deployer', call: { ...call, gasLimit: SETUP_GAS } });
  }
}

export function deployedAt(address: Address, abi: Artifact['abi']): Deployed {
  const contract = new Interface(abi);
  return {
    address,
    encode: (method, ...args) => contract.encodeFunctionData(method, args) as Hex,
  };
}
