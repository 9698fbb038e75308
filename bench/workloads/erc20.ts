import { parseEther } from 'ethers';
import { compile } from '../../test/artifacts.js';
import { Deployment } from './deployment.js';
import type { Workload } from './workload.js';

/** OpenZeppelin's ERC-20, tokens going round among the senders. */
export const erc20Transfers: Workload = {
  name: 'erc20',
  title: 'ERC-20 transfers',
  share: 1,
  prepare: (cast) => {
    const { senders } = cast;
    const deployment = new Deployment(cast);
    const gold = deployment.contract(
      compile('e2e/solidity/Tokens.sol').Gold,
      parseEther('1000000'),
    );
    for (const { address } of senders) deployment.call(gold, 'transfer', address, parseEther('1'));
    const data = senders.map(({ address }) => gold.encode('transfer', address, 1));
    return {
      setup: [deployment.steps],
      call: (sender, n) => ({
        to: gold.address,
        data: data[(sender + 1 + n) % senders.length],
        gasLimit: 70_000,
      }),
    };
  },
};
