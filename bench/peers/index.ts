import { anvil } from './anvil.js';
import { flotilla, flotillaNode } from './flotilla.js';
import { hardhat } from './hardhat.js';
import type { Peer } from './peer.js';

export const PEERS: readonly Peer[] = [flotilla, flotillaNode, anvil, hardhat];
