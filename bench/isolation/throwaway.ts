import { setTimeout as pause } from 'node:timers/promises';
import {
  type Address,
  bigIntToBytes,
  bytesToHex,
  concatBytes,
  type Hash,
  type Hex,
  keccak256,
} from '@flotilla/common';
import { computeAddress, getCreateAddress } from 'ethers';
import { compile } from '../../test/artifacts.js';
import { JsonRpc } from '../client/json-rpc.js';
import { type Call, signCall } from '../load/sign.js';
import { type Deployed, deployedAt } from '../workloads/deployment.js';
import type { Target } from './channel.js';

const SEED = new TextEncoder().encode('isolation bench, throwaway account');
const FREE = 0n;

/** Of accounts that nobody has funded and that send one transaction each, so that no refusal makes a later one invalid. */
export function throwawayKey(n: number): Uint8Array {
  return keccak256(concatBytes(SEED, bigIntToBytes(BigInt(n), 32)));
}

/** The only transaction of the n-th throwaway account, at a gas price of zero. */
export function signThrowaway(n: number, call: Call, chainId: number): Hex {
  const privateKey = throwawayKey(n);
  return bytesToHex(signCall({ ...call, maxFeePerGas: FREE }, { chainId, nonce: 0, privateKey }));
}

/** Numbers of throwaway accounts that set things up; floods count from zero. */
let nextForSetup = 2 ** 40;

/** Sends a transaction of a throwaway account and waits until it is mined. */
export async function mine({ url, chainId }: Target, call: Call): Promise<Hash> {
  const rpc = new JsonRpc(new URL(url));
  const raw = signThrowaway(nextForSetup++, call, chainId);
  const hash = await rpc.call<Hash>('eth_sendRawTransaction', raw);
  for (;;) {
    const receipt = await rpc.call<{ status: string } | null>('eth_getTransactionReceipt', hash);
    if (receipt?.status === '0x1') return hash;
    if (receipt !== null) throw new Error(`set-up transaction ${hash} failed`);
    await pause(50);
  }
}

/** Deploys `solidity/Nuisance.sol` on the attacked chain. */
export async function deployNuisance(target: Target): Promise<Deployed> {
  const { abi, bytecode } = compile('../bench/solidity/Nuisance.sol').Nuisance;
  const from = computeAddress(bytesToHex(throwawayKey(nextForSetup)));
  await mine(target, { data: bytecode, gasLimit: 3_000_000 });
  return deployedAt(getCreateAddress({ from, nonce: 0 }).toLowerCase() as Address, abi);
}
