import { Interface } from 'ethers';
import { chainRegistryAbi } from './generated/chain-registry.js';
import { checkpointManagerAbi } from './generated/checkpoint-manager.js';

export const registryInterface = new Interface(chainRegistryAbi);
export const managerInterface = new Interface(checkpointManagerAbi);
