import { startAnvils } from './lifecycle/anvil-starts.js';
import { createInTurns, createTogether } from './lifecycle/creates.js';
import { Fleet } from './lifecycle/fleet.js';
import { measureWakes } from './lifecycle/wakes.js';
import { concludeBench } from './report/conclude.js';
import {
  type LifecyclePart,
  lifecycleChart,
  lifecycleVerdicts,
} from './report/lifecycle-report.js';
import { describeMachine } from './report/machine.js';
import { saveResult } from './report/results.js';
import { distributionOf } from './report/statistics.js';

/** A count of 0 leaves that part out. */
export interface LifecycleOptions {
  readonly creates: number;
  readonly together: number;
  readonly wakes: number;
  /** Megabytes of the chain that is woken. */
  readonly state: number;
}

const DEFAULT_POOL = 2;
const ANVILS = 10;
const CREATE_MS = 1_000;
const SAFE_MS = 5_000;
const WAKE_MS = 300;
const LARGE_STATE_MB = 1_000;
const LARGE_WAKE_MS = 1_000;

/** How long it takes until a chain is there: created, created beside many others, woken. */
export async function runLifecycle(options: LifecycleOptions): Promise<boolean> {
  const { creates, together, wakes, state } = options;
  const byDefault = await withFleet(DEFAULT_POOL, async (fleet) => ({
    turns: await createInTurns(fleet, creates),
    crowd: await createTogether(fleet, together),
    woken: await measureWakes(fleet, { count: wakes, stateMb: state }),
  }));
  const pooled = together > 0 ? await withFleet(together, createFromPool) : undefined;
  const anvil = await startAnvils(ANVILS);
  const wakePromise = state >= LARGE_STATE_MB ? LARGE_WAKE_MS : WAKE_MS;
  const all: LifecyclePart[] = [
    {
      title: `create, ${creates} in turns`,
      ms: byDefault.turns.map((t) => t.firstTransactionMs),
      promisedMs: CREATE_MS,
    },
    {
      title: `create, ${together} at once, pool of ${together}`,
      ms: pooled?.crowd ?? [],
      promisedMs: CREATE_MS,
    },
    {
      title: `create, ${together} at once, pool of ${DEFAULT_POOL}`,
      ms: byDefault.crowd,
    },
    {
      title: 'create → first safe block',
      ms: byDefault.turns.map((t) => t.firstSafeMs),
      promisedMs: SAFE_MS,
    },
    { title: `wake, ${state} MB of state`, ms: byDefault.woken.wakeMs, promisedMs: wakePromise },
    { title: 'an anvil started by hand', ms: anvil },
  ];
  const parts = all.filter(({ ms }) => ms.length > 0);
  const machine = describeMachine();
  const file = state >= LARGE_STATE_MB ? 'lifecycle-large' : 'lifecycle';
  saveResult(`${file}.svg`, lifecycleChart(machine, parts));
  if (pooled !== undefined) {
    const megabytes = Math.round(pooled.poolBytes / 1e6);
    console.log(`a pool of ${together} takes ${megabytes} MB of anonymous memory`);
  }
  const result = {
    machine,
    options,
    poolBytes: pooled?.poolBytes,
    stateBytes: byDefault.woken.stateBytes,
    parts: parts.map((part) => ({
      ...part,
      ...distributionOf(part.ms),
    })),
  };
  return concludeBench(file, result, lifecycleVerdicts(parts));
}

/** With a warm node for each chain. */
async function createFromPool(fleet: Fleet) {
  await fleet.poolIsFull();
  const poolBytes = fleet.poolBytes();
  return { poolBytes, crowd: await createTogether(fleet, fleet.poolSize) };
}

async function withFleet<Result>(
  poolSize: number,
  measure: (fleet: Fleet) => Promise<Result>,
): Promise<Result> {
  const fleet = await Fleet.start(poolSize);
  try {
    return await measure(fleet);
  } finally {
    await fleet.stop();
  }
}
