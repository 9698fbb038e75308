import { setTimeout as pause } from 'node:timers/promises';
import { createCast, SENDERS } from './load/accounts.js';
import { partsOfAnIdleNode } from './measure/idle-parts.js';
import { anonymousBytes, CpuMeter } from './measure/processes.js';
import { Sampler } from './measure/sampler.js';
import { closeStack, startFlotillaChain } from './peers/flotilla.js';
import { concludeBench } from './report/conclude.js';
import { describeMachine } from './report/machine.js';
import { median } from './report/statistics.js';

/** By then what starting left behind has been collected. */
const SETTLE_MS = 30_000;
const SAMPLE_MS = 1_000;
const MAX_BYTES = 120e6;
/** Of one core: a thousandth of it, six clock ticks in a minute, is the least that the kernel's accounting tells apart. */
const MAX_CPU = 0.001;

/** What a chain that nobody uses costs: its process, Nest and worker threads included. */
export async function runIdle(seconds: number): Promise<boolean> {
  try {
    const spec = { sealing: { mode: 'instant' } };
    const cast = createCast(SENDERS);
    const chain = await startFlotillaChain('gateway', { chainId: 7_600_001, cast }, spec);
    await pause(SETTLE_MS);
    const sampler = new Sampler(() => anonymousBytes(chain.chainPid), SAMPLE_MS);
    const meter = new CpuMeter([chain.chainPid]);
    await pause(seconds * 1_000);
    const cpu = meter.seconds() / seconds;
    const samples = sampler.stop();
    const bytes = median(samples);
    const parts = partsOfAnIdleNode();
    for (const part of parts) console.log(`${(part.bytes / 1e6).toFixed(1)} MB  ${part.title}`);
    const result = { machine: describeMachine(), seconds, bytes, cpu, samples, parts };
    return concludeBench('idle', result, [
      {
        promise: "an idle chain's process holds at most 120 MB",
        measured: `${(bytes / 1e6).toFixed(1)} MB`,
        holds: bytes <= MAX_BYTES,
      },
      {
        promise: 'and uses no measurable CPU',
        measured: `${(100 * cpu).toFixed(2)} % of a core`,
        holds: cpu <= MAX_CPU,
      },
    ]);
  } finally {
    await closeStack();
  }
}
