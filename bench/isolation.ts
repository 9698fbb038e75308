import type { Channel } from './isolation/channel.js';
import { CHANNELS } from './isolation/channels/index.js';
import { startSideProcesses } from './isolation/process/side-processes.js';
import { runChannel, secondsOfRound, type WindowPlan } from './isolation/run-channel.js';
import { SETTINGS } from './isolation/settings/index.js';
import type { Setting } from './isolation/settings/setting.js';
import { closeStack } from './peers/flotilla.js';
import { concludeBench } from './report/conclude.js';
import { isolationChart } from './report/isolation-chart.js';
import {
  type ChannelFailure,
  type IsolationReport,
  type IsolationRun,
  keptRounds,
  summarizeIsolation,
} from './report/isolation-report.js';
import { isolationTable } from './report/isolation-table.js';
import { isolationVerdicts } from './report/isolation-verdicts.js';
import { describeMachine } from './report/machine.js';
import { loadResult, saveResult } from './report/results.js';

export interface IsolationOptions {
  readonly channels: readonly Channel[];
  readonly settings: readonly Setting[];
  readonly pairs: number;
  /** Pairs of windows that peers get. */
  readonly peerPairs: number;
  /** Seconds of a window. */
  readonly window: number;
}

/** Transactions and as many reads per second on the quiet chain. */
const PER_SECOND = 100;

/**
 * Floods one chain by one channel after the other, and looks at what its neighbour feels. Rounds that were kept before
 * stay, unless this run measures them again.
 */
export async function runIsolation(options: IsolationOptions): Promise<boolean> {
  const machine = describeMachine();
  const earlier = loadResult<IsolationReport>('isolation.json');
  const reportOf = (fresh: Flooded): IsolationReport => {
    const now = { machine, windowSeconds: options.window };
    const again = [...fresh.runs, ...fresh.failures];
    const kept = earlier && keptRounds(earlier, { ...now, again });
    const runs = [...fresh.runs, ...(kept?.runs ?? [])];
    const failures = [...fresh.failures, ...(kept?.failures ?? [])];
    const measured = new Set([...runs, ...failures].map(({ channel }) => channel));
    return {
      ...now,
      channels: CHANNELS.filter(({ name }) => measured.has(name)).map(
        ({ name, title, isSilent }) => ({ name, title, ...(isSilent && { isSilent }) }),
      ),
      settings: SETTINGS.map(({ name, title }) => ({ name, title })),
      summaries: runs.map(summarizeIsolation),
      failures,
      runs,
    };
  };
  // It takes hours: whoever ends it before its end has what there is so far.
  const keep = (flooded: Flooded) => {
    const report = reportOf(flooded);
    saveResult('isolation.svg', isolationChart(report));
    saveResult('isolation.json', { ...report, verdicts: isolationVerdicts(report) });
  };
  const report = reportOf(await floodAll(options, machine.commit, keep));
  console.log(isolationTable(report));
  return concludeBench('isolation', report, isolationVerdicts(report));
}

type Flooded = Pick<IsolationReport, 'runs' | 'failures'>;

/** What one channel can't do leaves the others as they are. */
async function floodAll(
  options: IsolationOptions,
  commit: string,
  onRound: (soFar: Flooded) => void,
): Promise<Flooded> {
  const rounds = planRounds(options);
  const totalSeconds = secondsOf(rounds);
  console.log(`${rounds.length} rounds, about ${Math.ceil(totalSeconds / 60)} minutes`);
  const processes = await startSideProcesses();
  const runs: IsolationRun[] = [];
  const failures: ChannelFailure[] = [];
  try {
    for (const [at, { channel, setting, plan }] of rounds.entries()) {
      const minutes = Math.ceil(secondsOf(rounds.slice(at)) / 60);
      console.log(`${channel.title}: ${setting.title} (${minutes} minutes to go)`);
      try {
        runs.push({ ...(await runChannel(channel, setting, plan, processes)), commit });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        console.log(`  failed: ${reason}`);
        failures.push({ channel: channel.name, setting: setting.name, reason });
      }
      onRound({ runs, failures });
    }
    return { runs, failures };
  } finally {
    await processes.stop();
    await closeStack();
  }
}

interface Round {
  readonly channel: Channel;
  readonly setting: Setting;
  readonly plan: WindowPlan;
}

function planRounds({ channels, settings, pairs, peerPairs, window }: IsolationOptions): Round[] {
  return channels.flatMap((channel) =>
    settings
      .filter(({ rpcOnly }) => channel.overRpc || !rpcOnly)
      .map((setting) => ({
        channel,
        setting,
        plan: {
          pairs: setting.name === 'flotilla' ? pairs : peerPairs,
          seconds: window,
          perSecond: PER_SECOND,
        },
      }))
      .filter(({ plan }) => plan.pairs > 0),
  );
}

const secondsOf = (rounds: readonly Round[]) =>
  rounds.reduce((sum, { plan }) => sum + secondsOfRound(plan), 0);
