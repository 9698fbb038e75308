import { parseEther } from 'ethers';
import { compile, uniswap } from '../../test/artifacts.js';
import { Deployment } from './deployment.js';
import type { Workload } from './workload.js';

const FOREVER = 2n ** 63n;

/** Swaps of two ERC-20 tokens through Uniswap V2's router, there and back. */
export const uniswapSwaps: Workload = {
  name: 'uniswap',
  title: 'Uniswap V2 swaps',
  share: 0.5,
  prepare: (cast) => {
    const { senders, deployer } = cast;
    const { Gold } = compile('e2e/solidity/Tokens.sol');
    const supply = parseEther('1000000');
    const deployment = new Deployment(cast);
    const weth = deployment.contract(uniswap.weth());
    const factory = deployment.contract(uniswap.factory(), deployer.address);
    const router = deployment.contract(uniswap.router(), factory.address, weth.address);
    const tokens = [deployment.contract(Gold, supply), deployment.contract(Gold, supply)];
    for (const token of tokens) {
      deployment.call(token, 'approve', router.address, supply);
      for (const { address } of senders) {
        deployment.call(token, 'transfer', address, parseEther('100'));
      }
    }
    const [gold, silver] = tokens.map((token) => token.address);
    const liquidity = parseEther('500000');
    deployment.call(
      router,
      'addLiquidity',
      ...[gold, silver, liquidity, liquidity, 0, 0, deployer.address, FOREVER],
    );
    const approvals = senders.flatMap((_, from) =>
      tokens.map((token) => ({
        from,
        call: {
          to: token.address,
          data: token.encode('approve', router.address, supply),
          gasLimit: 100_000,
        },
      })),
    );
    const swap = (path: readonly string[], to: string) =>
      router.encode('swapExactTokensForTokens', 1_000_000, 1, path, to, FOREVER);
    const data = senders.map(({ address }) => [
      swap([gold, silver], address),
      swap([silver, gold], address),
    ]);
    return {
      setup: [deployment.steps, approvals],
      call: (sender, n) => ({
        to: router.address,
        data: data[sender][n % 2],
        gasLimit: 200_000,
      }),
    };
  },
};
