import { computeHeavy } from './compute.js';
import { erc20Transfers } from './erc20.js';
import { gameTurns } from './game.js';
import { transfersToExisting, transfersToFresh } from './transfers.js';
import { uniswapSwaps } from './uniswap.js';
import type { Workload } from './workload.js';

export const WORKLOADS: readonly Workload[] = [
  transfersToExisting,
  transfersToFresh,
  erc20Transfers,
  uniswapSwaps,
  gameTurns,
  computeHeavy,
];
