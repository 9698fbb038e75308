import { AHEAD, POLITE } from '../../measure/priority.js';
import type { SinkAddress } from '../channel.js';
import { SideProcess } from './remote.js';

export interface SideProcesses {
  readonly attacker: SideProcess;
  readonly quietLoad: SideProcess;
  readonly sink: SinkAddress;
  readonly sinkPid: number;
  stop(): Promise<void>;
}

/** Both clients sit on other machines, if they were real: one is not kept waiting, the other keeps nobody waiting. */
export async function startSideProcesses(): Promise<SideProcesses> {
  const sink = SideProcess.start('sink.ts', { niceness: POLITE });
  const attacker = SideProcess.start('attacker.ts', { niceness: POLITE });
  const quietLoad = SideProcess.start('quiet-load.ts', { niceness: AHEAD });
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
