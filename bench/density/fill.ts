import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from './fleet.js';
import { say } from './say.js';
import type { Traffic, TrafficReport } from './traffic.js';

/** After each few chains the traffic is looked at; where it suffers, the machine is full whatever was promised. */
const STEP = 10;
const STEP_MS = 10_000;
/** Milliseconds: a send on an instant chain answers when its block is committed. */
const SUFFERS = 1_000;

/** With what its traffic met in the last seconds before the end. */
export interface ActiveReport extends TrafficReport {
  /** Chains that had their transaction a second when it ended. */
  readonly active: number;
  readonly endedBy: 'refused' | 'slow' | 'enough';
  /** What the one that was too much was told. */
  readonly refusal: string | undefined;
}

/** Adds active chains until one is refused, or those that there are feel it. They never sleep: nobody makes room. */
export async function fillWithActive(
  fleet: Fleet,
  traffic: Traffic,
  { already, most }: { readonly already: number; readonly most: number },
): Promise<ActiveReport> {
  traffic.report();
  for (let active = already; ; active++) {
    let refusal: string | undefined;
    try {
      traffic.join(await fleet.create(`full-${active}`, { sleep: { afterSeconds: null } }));
    } catch (error) {
      refusal = (error as Error).message.slice(0, 400);
    }
    if (refusal === undefined && active % STEP !== 0) continue;
    await pause(STEP_MS);
    const met = traffic.report();
    say(`${active} active chains, sends p99 ${met.sends.p99.toFixed(0)} ms`);
    const report = { active, refusal, ...met };
    if (refusal !== undefined) return { ...report, endedBy: 'refused' };
    if (met.sends.p99 > SUFFERS) return { ...report, endedBy: 'slow' };
    if (active >= most) return { ...report, endedBy: 'enough' };
  }
}
