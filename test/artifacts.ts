import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repositoryRoot } from './stack.js';

const require = createRequire(import.meta.url);

export interface Artifact {
  readonly abi: any[];
  readonly bytecode: `0x${string}`;
}

/** Compiles a Solidity file under test/ with the `solc` package; imports resolve from node_modules. */
export function compile(file: string): Record<string, Artifact> {
  const solc = require('solc');
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(join(repositoryRoot, 'test', file), 'utf8') } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const findImport = (path: string) => ({
    contents: readFileSync(join(repositoryRoot, 'node_modules', path), 'utf8'),
  });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  const errors = (output.errors ?? []).filter((e: { severity: string }) => e.severity === 'error');
  if (errors.length > 0) throw new Error(errors[0].formattedMessage);
  return Object.fromEntries(
    Object.entries<any>(output.contracts[file]).map(([name, contract]) => [
      name,
      { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` },
    ]),
  );
}

/** A published artifact, as the package ships it. */
export function published(packageFile: string): Artifact {
  const { abi, bytecode } = JSON.parse(
    readFileSync(join(repositoryRoot, 'node_modules', packageFile), 'utf8'),
  );
  return { abi, bytecode: bytecode.startsWith('0x') ? bytecode : `0x${bytecode}` };
}

export const uniswap = {
  factory: () => published('@uniswap/v2-core/build/UniswapV2Factory.json'),
  pair: () => published('@uniswap/v2-core/build/UniswapV2Pair.json'),
  router: () => published('@uniswap/v2-periphery/build/UniswapV2Router02.json'),
  weth: () => published('canonical-weth/build/contracts/WETH9.json'),
};
