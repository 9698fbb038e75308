import { spawn } from 'node:child_process';
import { isAlive, waitUntil } from '../../test/stack.js';
import { JsonRpc } from '../client/json-rpc.js';
import { processTree } from '../measure/processes.js';
import type { RunningChain } from './peer.js';

export interface ExternalProcess {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly port: number;
}

/** Starts a Node program that serves JSON-RPC, itself or through a process of its own. */
export async function startExternal({ args, cwd, port }: ExternalProcess): Promise<RunningChain> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true' },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-4_000);
  });
  const url = new URL(`http://127.0.0.1:${port}/`);
  const rpc = new JsonRpc(url);
  await waitUntil(`${args[0]} answers`, 60_000, () => {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}: ${stderr}`);
    return rpc.call<string>('eth_chainId');
  });
  const pids = processTree(child.pid!);
  const killAll = () => kill(pids);
  process.once('exit', killAll);
  // A launcher stays beside what it launched.
  const chainPid = pids[pids.length - 1];
  return {
    url,
    pids: () => pids,
    chainPid,
    stop: async () => {
      child.kill('SIGTERM');
      await endAll(pids);
      process.off('exit', killAll);
    },
  };
}

const GRACE_MS = 5_000;

/** A process that spins does not hear SIGTERM. */
async function endAll(pids: readonly number[]): Promise<void> {
  const gone = async () => !pids.some(isAlive);
  try {
    await waitUntil('the process ends', GRACE_MS, gone);
  } catch {
    kill(pids);
    await waitUntil('the process is killed', GRACE_MS, gone);
  }
}

function kill(pids: readonly number[]): void {
  for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
}
