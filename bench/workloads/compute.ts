import { compile } from '../../test/artifacts.js';
import { Deployment } from './deployment.js';
import type { Workload } from './workload.js';

/** Sorting, modular powers, matrices, hashes: nearly all interpreter. */
export const computeHeavy: Workload = {
  name: 'compute',
  title: 'Compute-heavy contract',
  share: 0.4,
  prepare: (cast) => {
    const deployment = new Deployment(cast);
    const workshop = deployment.contract(compile('../bench/solidity/Workshop.sol').Workshop);
    return {
      setup: [deployment.steps],
      call: (sender, n) => ({
        to: workshop.address,
        data: workshop.encode('work', 1 + sender * 1_000_003 + n),
        gasLimit: 600_000,
      }),
    };
  },
};
