import type { Channel } from '../channel.js';
import { HttpStriker } from '../http-strike.js';
import { deployNuisance, mine } from '../throwaway.js';

/** Slots that the traced transaction writes: about 10 million gas. */
const SLOTS = 400;

/** Traces of a large transaction, step by step. */
export const trace: Channel = {
  name: 'trace',
  title: 'debug_trace',
  overRpc: true,
  traces: true,
  rate: 50,
  arm: async (target) => {
    const nuisance = await deployNuisance(target);
    const data = nuisance.encode('fill', 1, SLOTS);
    const hash = await mine(target, { to: nuisance.address, data, gasLimit: 20_000_000 });
    const striker = new HttpStriker(target);
    return {
      // A tracer's settings that no trace before had: there is nothing to remember.
      strike: (n, aim) =>
        striker.call(aim, 'debug_traceTransaction', [
          hash,
          { disableStack: n % 2 === 0, disableStorage: true, limit: 10_000 + n },
        ]),
      close: async () => striker.close(),
    };
  },
};
