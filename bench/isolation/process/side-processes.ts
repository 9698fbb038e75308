import type { SinkAddress } from '../channel.js';
import { SideProcess } from './remote.js';

/** Gives way to everything: the attacker sits on another machine, if he were real. */
export const POLITE = 19;

export interface SideProcesses {
  readonly attacker: SideProcess;
  readonly quietLoad: SideProcess;
  readonly sink: SinkAddress;
  readonly sinkPid: number;
  stop(): Promise<void>;
}

export async function startSideProcesses(): Promise<SideProcesses> {
  const sink = SideProcess.start('sink.ts', { niceness: POLITE });
  const attacker = SideProcess.start('attacker.ts', { niceness: POLITE });
  const quietLoad = SideProcess.start('quiet-load.ts', { niceness: 0 });
  const all = [sink, attacker, quietLoad];
  return {
    attacker,
    quietLoad,
    sinkPid: sink.pid,
    sink: await sink.call<SinkAddress>('listen'),
    stop: async () => {
      await Promise.all(all.map((each) => each.stop()));
    },
  };
}
