import { execFileSync } from 'node:child_process';
import { cpus, platform, release, totalmem } from 'node:os';
import { repositoryRoot } from '../../test/stack.js';

/** What a figure means nothing without. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  readonly date: string;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    }).trim(),
    date: new Date().toISOString(),
  };
}

export function machineLine({ cores, cpu, memoryGiB, node, commit, date }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}, ${commit}, ${date.slice(0, 10)}`;
}
