import { type Address, bigIntToBytes, keccak256Hex } from '@flotilla/common';
import { compile } from '../../test/artifacts.js';
import type { Cast } from '../load/accounts.js';
import { Deployment } from './deployment.js';
import type { PreparedWorkload, SetupStep } from './workload.js';

/** Accounts that one transaction makes: about 18 million gas. */
const GATHERED_AT_ONCE = 500;
const GATHER_GAS = 25_000_000;

const member = (n: number): Address => `0x${keccak256Hex(bigIntToBytes(BigInt(n), 32)).slice(26)}`;

/** Transfers to accounts from all over a state of so many, made by the engine itself before the clock starts. */
export function prepareCrowd(cast: Cast, size: number): PreparedWorkload {
  const deployment = new Deployment(cast);
  const crowd = deployment.contract(compile('../bench/solidity/Crowd.sol').Crowd);
  const gather: SetupStep[] = [];
  for (let first = 0; first < size; first += GATHERED_AT_ONCE) {
    const count = Math.min(GATHERED_AT_ONCE, size - first);
    const data = crowd.encode('gather', first, count);
    const call = { to: crowd.address, value: BigInt(count), data, gasLimit: GATHER_GAS };
    gather.push({ from: 'deployer', call });
  }
  return {
    setup: [deployment.steps, gather],
    call: (sender, n) => ({
      to: member((sender * 48_271 + n * 69_621) % size),
      value: 1n,
      gasLimit: 21_000,
    }),
  };
}
