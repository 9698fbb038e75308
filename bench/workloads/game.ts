import { compile } from '../../test/artifacts.js';
import { Deployment } from './deployment.js';
import type { Workload } from './workload.js';

/** Turns of a game on chain: nearly all storage. */
export const gameTurns: Workload = {
  name: 'game',
  title: 'Storage-heavy game loop',
  share: 0.5,
  prepare: (cast) => {
    const deployment = new Deployment(cast);
    const arena = deployment.contract(compile('../bench/solidity/Arena.sol').Arena);
    return {
      setup: [deployment.steps],
      call: (sender, n) => ({
        to: arena.address,
        data: arena.encode('turn', 1 + ((sender * 31 + n * 7) % 97)),
        gasLimit: 300_000,
      }),
    };
  },
};
