import type { Aim, Channel, Flood, Target } from '../channel.js';
import { CHANNELS } from '../channels/index.js';
import { type FloodReport, FloodTally } from '../flood-report.js';
import { pace } from '../pace.js';
import { answerParent } from './remote.js';

/** An attacker does not look at the clock for each of his requests. */
const QUANTUM_MS = 5;
/** Strikes that wait for an answer; more than any server lets one chain have. */
const MAX_IN_FLIGHT = 2_000;

interface Armed {
  readonly channel: Channel;
  readonly flood: Flood;
}

let armed: Armed | undefined;
let running: { readonly stop: () => Promise<FloodReport> } | undefined;
let strikes = 0;

function start({ channel, flood }: Armed, aim: Aim): { readonly stop: () => Promise<FloodReport> } {
  const ending = new AbortController();
  const tally = new FloodTally(channel.rate, performance.now());
  const inFlight = new Set<Promise<void>>();
  const striking = pace(
    { perSecond: channel.rate, quantumMs: QUANTUM_MS, signal: ending.signal },
    () => {
      if (inFlight.size >= MAX_IN_FLIGHT) return;
      tally.struck(performance.now());
      const strike = flood
        .strike(strikes++, aim)
        .catch((error: Error) => [{ kind: 'uncoded' as const, reason: error.message }])
        .then((outcomes) => {
          tally.add(outcomes);
          inFlight.delete(strike);
        });
      inFlight.add(strike);
    },
  );
  return {
    stop: async () => {
      const endedAt = performance.now();
      ending.abort();
      await striking;
      await flood.restore?.();
      return tally.report(endedAt);
    },
  };
}

answerParent({
  arm: async ({ name, target }: { readonly name: string; readonly target: Target }) => {
    const channel = CHANNELS.find((each) => each.name === name)!;
    strikes = 0;
    armed = { channel, flood: await channel.arm(target) };
  },
  load: async (seconds: number) => armed!.flood.load?.(Math.ceil(seconds * armed!.channel.rate)),
  start: (aim: Aim) => {
    running = start(armed!, aim);
  },
  stop: () => running!.stop(),
  disarm: async () => {
    await armed?.flood.close();
    armed = undefined;
  },
});
