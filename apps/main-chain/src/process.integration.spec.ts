import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rootGenesisAlloc } from '@flotilla/contracts';
import { DEV_ACCOUNTS } from '@flotilla/node';

// A process needs compiled code: `node scripts/build.mjs` first, as `npm test` does.
const main = resolve('apps/main-chain/dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'flotilla-root-'));
let rpcUrl = '';

async function rpc<T>(method: string, ...params: unknown[]): Promise<T> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return ((await response.json()) as { result: T }).result;
}

async function start(profile: 'dev' | 'production') {
  const extra = `0x${'77'.repeat(20)}`;
  const config = {
    role: 'root',
    name: 'root',
    chain: { chainId: 4242, name: 'root', profile, alloc: { [extra]: { balance: '5' } } },
  };
  const data = join(folder, profile);
  mkdirSync(data);
  writeFileSync(join(data, 'node.json'), JSON.stringify(config));
  const child = spawn(process.execPath, [main, '--data', data], { stdio: 'ignore' });
  const file = join(data, 'instance.json');
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 25));
  rpcUrl = JSON.parse(readFileSync(file, 'utf8')).rpcUrl;
  return {
    extra,
    stop: () =>
      new Promise<number | null>((done) => {
        child.once('exit', done);
        child.kill('SIGTERM');
      }),
  };
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ['dev', 10_000n * 10n ** 18n],
  ['production', 0n],
] as const)('a root chain process in the %s profile', (profile, devBalance) => {
  it('has the contracts in genesis and funds who should be funded', async () => {
    const { extra, stop } = await start(profile);
    try {
      for (const contract of Object.keys(rootGenesisAlloc())) {
        expect((await rpc<string>('eth_getCode', contract, 'earliest')).length).toBeGreaterThan(2);
      }
      expect(BigInt(await rpc('eth_getBalance', DEV_ACCOUNTS[9].address, 'latest'))).toBe(
        devBalance,
      );
      expect(BigInt(await rpc('eth_getBalance', extra, 'latest'))).toBe(5n);
      expect(await rpc('web3_clientVersion')).toMatch(/^flotilla-root\/v/);
      expect(await rpc('flotilla_checkpoint')).toBeNull();
    } finally {
      expect(await stop()).toBe(0);
    }
  }, 20_000);
});
