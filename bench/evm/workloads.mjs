// The programs that `main.mjs` times, deployed in a state of their own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMPTY_BYTES, hexToBytes, ZERO_HASH } from '@flotilla/common';
import { WorldState } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import { AbiCoder, Interface } from 'ethers';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = (path) => readFileSync(join(root, 'node_modules', path), 'utf8');
const SENDER = `0x${'a1'.repeat(20)}`;
const GAS_LIMIT = 1_000_000_000n;

const BLOCK = {
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

function compileContracts() {
  const file = 'workloads.sol';
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(new URL(file, import.meta.url), 'utf8') } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const output = JSON.parse(
    require('solc').compile(JSON.stringify(input), {
      import: (path) => ({ contents: installed(path) }),
    }),
  );
  return Object.fromEntries(
    Object.entries(output.contracts[file]).map(([name, { abi, evm }]) => [
      name,
      { abi, bytecode: `0x${evm.bytecode.object}` },
    ]),
  );
}

function published(path) {
  const { abi, bytecode } = JSON.parse(installed(path));
  return { abi, bytecode: bytecode.startsWith('0x') ? bytecode : `0x${bytecode}` };
}

/** Sends transactions of one sender, one after the other, to one machine and one state. */
export class Sandbox {
  constructor(evm) {
    this.evm = evm;
    this.state = new WorldState({}, { store: new MemoryStore() }).begin();
    this.state.setBalance(SENDER, 10n ** 24n);
  }

  /** @returns the result; its status is `success` */
  send(to, data) {
    const tx = {
      type: 2,
      from: SENDER,
      to,
      nonce: this.state.getNonce(SENDER),
      gasLimit: this.evm.hardfork === 'osaka' ? 16_000_000n : GAS_LIMIT,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      value: 0n,
      data: data === undefined ? EMPTY_BYTES : hexToBytes(data),
    };
    const result = this.evm.executeTransaction(tx, BLOCK, this.state);
    if (result.status !== 'success') throw new Error(`${result.status} ${result.haltReason}`);
    return result;
  }

  /** @returns a function that encodes and sends a call */
  deploy({ abi, bytecode }, types = [], values = []) {
    const parameters = AbiCoder.defaultAbiCoder().encode(types, values).slice(2);
    const { createdAddress } = this.send(undefined, bytecode + parameters);
    return this.at(createdAddress, abi);
  }

  at(address, abi) {
    const encoder = new Interface(abi);
    const call = (name, ...args) => this.send(address, encoder.encodeFunctionData(name, args));
    const prepare = (name, ...args) => {
      const data = encoder.encodeFunctionData(name, args);
      return () => this.send(address, data);
    };
    return { address, call, prepare, encoder };
  }
}

/** @returns functions by name, each sending one transaction */
export function workloads(evm) {
  const sandbox = new Sandbox(evm);
  const { Compute, Token } = compileContracts();
  const compute = sandbox.deploy(Compute);
  const [first, second] = [sandbox.deploy(Token), sandbox.deploy(Token)];
  const factory = sandbox.deploy(
    published('@uniswap/v2-core/build/UniswapV2Factory.json'),
    ['address'],
    [SENDER],
  );
  const weth = sandbox.deploy(published('canonical-weth/build/contracts/WETH9.json'));
  const router = sandbox.deploy(
    published('@uniswap/v2-periphery/build/UniswapV2Router02.json'),
    ['address', 'address'],
    [factory.address, weth.address],
  );
  const deadline = 2n ** 40n;
  for (const token of [first, second]) token.call('approve', router.address, 2n ** 255n);
  const pool = [first.address, second.address, 10n ** 24n, 10n ** 24n, 0n, 0n, SENDER, deadline];
  router.call('addLiquidity', ...pool);
  const path = [first.address, second.address];
  const way = (tokens) => [10n ** 15n, 0n, tokens, SENDER, deadline];
  const there = router.prepare('swapExactTokensForTokens', ...way(path));
  const back = router.prepare('swapExactTokensForTokens', ...way([...path].reverse()));
  let turn = 0;
  return {
    arithmetic: compute.prepare('arithmetic', 20_000n),
    wide: compute.prepare('wide', 10_000n),
    hashes: compute.prepare('hashes', 5_000n),
    sort: compute.prepare('sort', 200n),
    sieve: compute.prepare('sieve', 5_000n),
    signed: compute.prepare('signed', 10_000n),
    mappings: compute.prepare('mappings', 2_000n),
    calls: compute.prepare('calls', 500n),
    'ERC-20 transfer': first.prepare('transfer', `0x${'d0'.repeat(20)}`, 1n),
    'Uniswap V2 swap': () => (turn++ % 2 === 0 ? there() : back()),
  };
}
