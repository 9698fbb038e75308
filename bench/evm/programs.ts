import type { Evm } from '@flotilla/evm';
import { compile, uniswap } from '../../test/artifacts.js';
import { Sandbox, SENDER, type Send } from './sandbox.js';

const FOREVER = 2n ** 63n;
const PLENTY = 10n ** 24n;

/** What a machine is timed on: each sends one transaction. */
export function programs(evm: Evm): Record<string, Send> {
  const sandbox = new Sandbox(evm);
  const { Compute, Token } = compile('../bench/solidity/Programs.sol');
  const { Workshop } = compile('../bench/solidity/Workshop.sol');
  const compute = sandbox.deploy(Compute);
  return {
    arithmetic: compute.prepare('arithmetic', 20_000),
    'wide words': compute.prepare('wide', 10_000),
    hashes: compute.prepare('hashes', 5_000),
    sort: compute.prepare('sort', 200),
    sieve: compute.prepare('sieve', 5_000),
    'signed words': compute.prepare('signed', 10_000),
    mappings: compute.prepare('mappings', 2_000),
    calls: compute.prepare('calls', 500),
    workshop: sandbox.deploy(Workshop).prepare('work', 1_000_003),
    'ERC-20 transfer': sandbox.deploy(Token).prepare('transfer', `0x${'d0'.repeat(20)}`, 1),
    'Uniswap V2 swap': swaps(sandbox),
  };
}

/** There and back. */
function swaps(sandbox: Sandbox): Send {
  const { Token } = compile('../bench/solidity/Programs.sol');
  const tokens = [sandbox.deploy(Token), sandbox.deploy(Token)];
  const factory = sandbox.deploy(uniswap.factory(), SENDER);
  const weth = sandbox.deploy(uniswap.weth());
  const router = sandbox.deploy(uniswap.router(), factory.address, weth.address);
  for (const token of tokens) token.prepare('approve', router.address, PLENTY * PLENTY)();
  const [a, b] = tokens.map(({ address }) => address);
  router.prepare('addLiquidity', a, b, PLENTY, PLENTY, 0, 0, SENDER, FOREVER)();
  const swap = (path: readonly string[]) =>
    router.prepare('swapExactTokensForTokens', 10n ** 15n, 0, path, SENDER, FOREVER);
  const ways = [swap([a, b]), swap([b, a])];
  let turn = 0;
  return () => ways[turn++ % 2]();
}
