import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Hex } from '@flotilla/common';
import { type JsonRpcProvider, Wallet } from 'ethers';
import { connectProvider } from '../provider.js';

/** The first accounts of the well-known development mnemonic "test test … junk". */
export const ANVIL_KEYS: readonly Hex[] = [
  '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
];

export interface Anvil {
  readonly rpcUrl: string;
  readonly provider: JsonRpcProvider;
  readonly wallet: Wallet;
  stop(): Promise<void>;
}

function binary(): string {
  const require = createRequire(import.meta.url);
  const { platform, arch } = process;
  const name = `@foundry-rs/anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'anvil');
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`anvil did not start: ${output}`)));
  });
}

/** Foundry's development node on a free port of the loopback interface. */
export async function startAnvil(...args: string[]): Promise<Anvil> {
  const child = spawn(binary(), ['--host', '127.0.0.1', '--port', '0', ...args]);
  const rpcUrl = `http://127.0.0.1:${await listeningPort(child)}`;
  const provider = await connectProvider({ rpcUrl });
  return {
    rpcUrl,
    provider,
    wallet: new Wallet(ANVIL_KEYS[0]),
    async stop() {
      provider.destroy();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
