import { setTimeout as pause } from 'node:timers/promises';
import { CoreMeter } from '../measure/core-meter.js';
import type { Aim, Channel, Target } from './channel.js';
import type { FloodReport } from './flood-report.js';
import type { SideProcesses } from './process/side-processes.js';
import type { QuietWindow } from './quiet-load.js';
import type { Scene, Setting } from './settings/setting.js';

export interface WindowPlan {
  readonly pairs: number;
  readonly seconds: number;
  readonly perSecond: number;
}

export interface MeasuredWindow extends QuietWindow {
  readonly flood: FloodReport;
  /** Seconds, the most that was seen in the window. Undefined where nothing is anchored. */
  readonly anchorLag: number | undefined;
  /** CPU time per second of wall-clock time, by process. */
  readonly cores: Readonly<Record<string, number>>;
}

/** A quiet window, in which the sink takes the flood, and the hot one after it. */
export interface WindowPair {
  readonly quiet: MeasuredWindow;
  readonly hot: MeasuredWindow;
}

export interface ChannelRun {
  readonly channel: string;
  readonly setting: string;
  readonly pairs: readonly WindowPair[];
}

/** A way to flood, in one setting. */
export type RoundName = Pick<ChannelRun, 'channel' | 'setting'>;

/** The flood is in full flow when the window begins, and stays so until its last transaction is in a block. */
const LEAD_MS = 1_500;
/** Before a window the attacked chain works off what is queued, until it needs no more than this of a core. */
const AT_REST = 0.1;
const REST_MS = 2_000;
/** A full pool of heavy transactions would take an hour. */
const MAX_REST_MS = 20_000;
/** Before the first window. */
const WARM_UP_SECONDS = 15;
/** Before each, as the rest has let threads end and anchors lie. */
const WAKE_UP_SECONDS = 4;
/** Strikes beyond the window: its lead, and the wait for the last block. */
const SPARE_SECONDS = 6;

/** Starting the chains, deploying, warming up. */
const SET_UP_SECONDS = 32;
/** Of a window, on top of its length: lead, rest, signing, and the wait for the last block. */
const WINDOW_OVERHEAD_SECONDS = 12;

/** An estimate. */
export const secondsOfRound = ({ pairs, seconds }: WindowPlan): number =>
  SET_UP_SECONDS + 2 * pairs * (seconds + WINDOW_OVERHEAD_SECONDS);

export async function runChannel(
  channel: Channel,
  setting: Setting,
  plan: WindowPlan,
  processes: SideProcesses,
): Promise<ChannelRun> {
  const scene = await setting.start(channel);
  const { attacker, quietLoad, sink } = processes;
  try {
    const target: Target = { ...scene.attacked, sink, product: scene.product };
    await quietLoad.call('open', scene.quiet);
    await attacker.call('arm', { name: channel.name, target });
    const measure = (aim: Aim) => measureWindow(aim, plan, scene, processes);
    await warmUp(WARM_UP_SECONDS, plan, processes);
    const pairs: WindowPair[] = [];
    while (pairs.length < plan.pairs) {
      const pair = { quiet: await measure('sink'), hot: await measure('chain') };
      console.log(
        `  ${channel.name}, ${setting.name}, pair ${pairs.length + 1}: ${pairLine(pair)}`,
      );
      pairs.push(pair);
    }
    return { channel: channel.name, setting: setting.name, pairs };
  } finally {
    await attacker.call('disarm').catch(() => {});
    await quietLoad.call('close').catch(() => {});
    await scene.close();
  }
}

/** Code that has never run is slow, on both sides. */
async function warmUp(
  seconds: number,
  { perSecond }: WindowPlan,
  { quietLoad }: SideProcesses,
): Promise<void> {
  await quietLoad.call('prepare', seconds * perSecond);
  await quietLoad.call('window', { seconds, perSecond });
}

async function measureWindow(
  aim: Aim,
  plan: WindowPlan,
  scene: Scene,
  processes: SideProcesses,
): Promise<MeasuredWindow> {
  const { seconds, perSecond } = plan;
  const { attacker, quietLoad, sinkPid } = processes;
  await attacker.call('load', seconds + SPARE_SECONDS);
  await comeToRest(scene);
  await warmUp(WAKE_UP_SECONDS, plan, processes);
  await quietLoad.call('prepare', seconds * perSecond);
  const anchors = scene.anchorLag && new LagWatch(scene.anchorLag);
  await attacker.call('start', aim);
  await pause(LEAD_MS);
  const cores = new CoreMeter({
    ...scene.pids(),
    'quiet client': quietLoad.pid,
    attacker: attacker.pid,
    sink: sinkPid,
  });
  const window = await quietLoad.call<QuietWindow>('window', { seconds, perSecond });
  const used = cores.read();
  // Before the attacker tidies up: blocks without transactions, which are all that come now, are never anchored alone.
  const anchorLag = await anchors?.stop();
  const flood = await attacker.call<FloodReport>('stop');
  return { ...window, flood, anchorLag, cores: used };
}

async function comeToRest(scene: Scene): Promise<void> {
  const deadline = performance.now() + MAX_REST_MS;
  do {
    const { attacked } = scene.pids();
    const meter = new CoreMeter({ attacked });
    await pause(REST_MS);
    if (meter.read().attacked < AT_REST) return;
  } while (performance.now() < deadline);
}

/** Looks at the anchors once a second. */
class LagWatch {
  #most = 0;
  #stopped = false;
  readonly #watching: Promise<void>;

  constructor(private readonly read: () => Promise<number>) {
    this.#watching = this.#watch();
    // `stop` says it, and this channel fails alone.
    this.#watching.catch(() => {});
  }

  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#watching;
    return this.#most;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      this.#most = Math.max(this.#most, await this.read());
      await pause(1_000);
    }
  }
}

function pairLine({ quiet, hot }: WindowPair): string {
  const p99s = (['reads', 'sends', 'inclusion'] as const).map(
    (kind) => `${kind} ${quiet[kind].p99.toFixed(1)} → ${hot[kind].p99.toFixed(1)} ms`,
  );
  const { served, refused, uncoded } = hot.flood;
  const faults = [...Object.entries(hot.errors), ...Object.entries(quiet.errors)];
  return [
    ...p99s,
    `flood served ${served}, refused ${JSON.stringify(refused)}, uncoded ${JSON.stringify(uncoded)}`,
    ...(faults.length > 0 ? [`errors ${JSON.stringify(faults.slice(0, 5))}`] : []),
  ].join('; ');
}
