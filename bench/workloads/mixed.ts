import { keccak256Hex } from '@flotilla/common';
import { parseEther } from 'ethers';
import { compile } from '../../test/artifacts.js';
import type { Cast } from '../load/accounts.js';
import type { Call } from '../load/sign.js';
import { Deployment } from './deployment.js';
import type { PreparedWorkload } from './workload.js';

export interface MixedTraffic {
  /** Transfers to old and new accounts, ERC-20 transfers and game turns in equal parts. */
  readonly mixed: PreparedWorkload;
  /** The same chain, but only accounts and slots are written that `mixed` has written long before. */
  readonly rewriting: PreparedWorkload;
}

/** What a chain sees that several kinds of users share for long. */
export function prepareMixed(cast: Cast): MixedTraffic {
  const { senders } = cast;
  const deployment = new Deployment(cast);
  const gold = deployment.contract(compile('e2e/solidity/Tokens.sol').Gold, parseEther('1000000'));
  const arena = deployment.contract(compile('../bench/solidity/Arena.sol').Arena);
  for (const { address } of senders) deployment.call(gold, 'transfer', address, parseEther('1'));

  const friend = (sender: number, n: number) => senders[(sender + 1 + n) % senders.length].address;
  const toOld = (sender: number, n: number): Call => ({
    to: friend(sender, n),
    value: 1n,
    gasLimit: 21_000,
  });
  const toNew = (sender: number, n: number): Call => ({
    to: `0x${keccak256Hex(Buffer.from(`mixed ${sender} ${n}`)).slice(26)}`,
    value: 1n,
    gasLimit: 21_000,
  });
  const token = (sender: number, n: number): Call => ({
    to: gold.address,
    data: gold.encode('transfer', friend(sender, n), 1),
    gasLimit: 70_000,
  });
  const turn = (sender: number, n: number): Call => ({
    to: arena.address,
    data: arena.encode('turn', 1 + ((sender * 31 + n * 7) % 97)),
    gasLimit: 300_000,
  });
  const kinds = [toOld, toNew, token, turn];
  const setup = [deployment.steps];
  return {
    mixed: { setup, call: (sender, n) => kinds[n % kinds.length](sender, n) },
    rewriting: { setup, call: (sender, n) => (n % 2 === 0 ? toOld : token)(sender, n) },
  };
}
