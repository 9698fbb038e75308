import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { devAlloc, type NodeConfigInput } from '@flotilla/node';
import { HDNodeWallet, JsonRpcProvider, WebSocketProvider } from 'ethers';
import { createWalletClient, defineChain, http, publicActions } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

// A process needs compiled code: `node scripts/build.mjs` first, as `npm test` does.
const main = resolve('apps/micro-chain/dist/main.js');
const MNEMONIC = 'test test test test test test test test test test test junk';
const RECIPIENT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const CHAIN_ID = 2_147_484_001;

const folder = mkdtempSync(join(tmpdir(), 'flotilla-node-'));
let child: ChildProcess | undefined;
let output = '';

function configure(changes: Partial<NodeConfigInput> = {}): void {
  const alloc = Object.fromEntries(
    Object.entries(devAlloc()).map(([address, { balance }]) => [
      address,
      { balance: balance.toString() },
    ]),
  );
  const config: NodeConfigInput = {
    role: 'micro',
    name: 'demo',
    chain: { chainId: CHAIN_ID, name: 'demo', profile: 'dev', alloc },
    ...changes,
  };
  writeFileSync(join(folder, 'node.json'), JSON.stringify(config));
}

async function waitFor<T>(what: string, probe: () => T | undefined | Promise<T | undefined>) {
  for (let waited = 0; waited < 15_000; waited += 25) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`${what} did not happen; the process said:\n${output}`);
}

function instance(): { pid: number; rpcUrl: string; wsUrl: string } | undefined {
  const file = join(folder, 'instance.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function launch(...args: string[]): ChildProcess {
  output = '';
  const started = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return started;
}

const exited = (process: ChildProcess) =>
  new Promise<number | null>((done) => {
    if (process.exitCode !== null) done(process.exitCode);
    else process.once('exit', done);
  });

async function start(): Promise<{ rpcUrl: string; wsUrl: string }> {
  const started = launch('--data', folder);
  child = started;
  return waitFor('serving', () => {
    const found = instance();
    return found?.pid === started.pid ? found : undefined;
  });
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const running = child;
  child = undefined;
  if (running === undefined) return null;
  running.kill(signal);
  return exited(running);
}

beforeAll(() => configure());

afterAll(async () => {
  await end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('a micro chain process', () => {
  const hashes: string[] = [];
  let rpcUrl = '';

  const viemClient = () =>
    createWalletClient({
      account: mnemonicToAccount(MNEMONIC, { addressIndex: 2 }),
      chain: defineChain({
        id: CHAIN_ID,
        name: 'demo',
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
        rpcUrls: { default: { http: [rpcUrl] } },
      }),
      transport: http(rpcUrl),
      pollingInterval: 50,
    }).extend(publicActions);

  const ethersProvider = () => new JsonRpcProvider(rpcUrl, undefined, { pollingInterval: 50 });

  it('mines what ethers sends', async () => {
    rpcUrl = (await start()).rpcUrl;
    const provider = ethersProvider();
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC).connect(provider);
    const sent = await wallet.sendTransaction({ to: RECIPIENT, value: 5n });
    const receipt = await sent.wait();
    expect(receipt?.status).toBe(1);
    hashes.push(sent.hash);
    provider.destroy();
  }, 30_000);

  it('mines what viem sends', async () => {
    const client = viemClient();
    const hash = await client.sendTransaction({ to: RECIPIENT, value: 6n });
    const receipt = await client.waitForTransactionReceipt({ hash });
    expect(receipt.status).toBe('success');
    hashes.push(hash);
  });

  it('pushes heads and logs over WebSocket', async () => {
    const provider = new WebSocketProvider(instance()?.wsUrl ?? '');
    const head = new Promise<number>((seen) => provider.once('block', seen));
    await new Promise((done) => setTimeout(done, 100));
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC).connect(provider);
    const sent = await wallet.sendTransaction({ to: RECIPIENT, value: 1n });
    expect(await head).toBe((await sent.wait())?.blockNumber);
    hashes.push(sent.hash);
    await provider.destroy();
  });

  it('recovers batches, and traces, in threads that give way to the others', async () => {
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0/3");
    const signed = await Promise.all(
      Array.from({ length: 5 }, (_, nonce) =>
        wallet.signTransaction({
          ...{ chainId: CHAIN_ID, nonce, to: RECIPIENT, value: 1n, gasLimit: 21_000 },
          ...{ type: 2, maxFeePerGas: 0, maxPriorityFeePerGas: 0 },
        }),
      ),
    );
    const call = (method: string, params: unknown[], id: number) => ({
      ...{ jsonrpc: '2.0', id, method, params },
    });
    const ask = async <Answer>(body: unknown): Promise<Answer> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(rpcUrl, { method: 'POST', headers, body: JSON.stringify(body) });
      return response.json() as Promise<Answer>;
    };
    const sent = await ask<{ result: string }[]>(
      signed.map((raw, id) => call('eth_sendRawTransaction', [raw], id)),
    );
    hashes.push(...sent.map(({ result }) => result));
    const { result } = await ask<{ result: { gas: number } }>(
      call('debug_traceTransaction', [hashes.at(-1)], 1),
    );
    expect(result.gas).toBe(21_000);
    const tasks = `/proc/${instance()?.pid}/task`;
    // Field 19 of a thread's stat, 16 behind the name in parentheses.
    const niceOf = (stat: string) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    const nices = readdirSync(tasks).map((id) =>
      niceOf(readFileSync(`${tasks}/${id}/stat`, 'utf8')),
    );
    const own = niceOf(readFileSync('/proc/self/stat', 'utf8'));
    const lowered = [8, 12, 15].map((by) => Math.min(19, own + by));
    expect(new Set(nices)).toEqual(new Set([own, ...lowered]));
    const { pid } = instance()!;
    expect(niceOf(readFileSync(`${tasks}/${pid}/stat`, 'utf8'))).toBe(lowered[0]);
  }, 30_000);

  it('refuses a second process in the same folder', async () => {
    expect(await exited(launch('--data', folder))).toBe(75);
  });

  it('keeps every receipt through kill -9, at the same address', async () => {
    const raw: string[] = [];
    const signer = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0/3");
    for (let nonce = 0; nonce < 200; nonce++) {
      raw.push(
        await signer.signTransaction({
          type: 0,
          chainId: CHAIN_ID,
          nonce,
          to: RECIPIENT,
          gasLimit: 21_000n,
          gasPrice: 0n,
        }),
      );
    }
    const batch = raw.map((transaction, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_sendRawTransaction',
      params: [transaction],
    }));
    const acknowledged: string[] = [];
    const sending = Promise.allSettled(
      batch.map(async (request) => {
        const response = await fetch(rpcUrl, { method: 'POST', body: JSON.stringify(request) });
        const { result } = (await response.json()) as { result?: string };
        if (result !== undefined) acknowledged.push(result);
      }),
    );
    await new Promise((done) => setTimeout(done, 150));
    await end('SIGKILL');
    await sending;
    expect(instance()).toBeDefined();
    expect((await start()).rpcUrl).toBe(rpcUrl);
    const provider = ethersProvider();
    for (const hash of [...hashes, ...acknowledged]) {
      const receipt = await waitFor(`receipt ${hash}`, async () => {
        return (await provider.getTransactionReceipt(hash)) ?? undefined;
      });
      expect(receipt.status).toBe(1);
    }
    expect(await provider.getTransactionCount(signer.address)).toBeGreaterThanOrEqual(
      acknowledged.length,
    );
    provider.destroy();
  }, 60_000);

  it('stops cleanly at SIGTERM and leaves no instance behind', async () => {
    expect(await end('SIGTERM')).toBe(0);
    expect(instance()).toBeUndefined();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('refuses a configuration of another chain', async () => {
    configure({ chain: { chainId: CHAIN_ID + 1, name: 'demo' } });
    expect(await exited(launch('--data', folder))).toBe(64);
    configure();
  });
});

describe('the command line', () => {
  it('explains itself', async () => {
    expect(await exited(launch('--help'))).toBe(0);
    expect(output).toContain('--data <folder>');
  });

  it.each([[[]], [['--data']], [['--dta', 'x']], [['--data', '/nowhere/at/all']]])(
    'refuses %j with 64',
    async (args) => {
      expect(await exited(launch(...args))).toBe(64);
      expect(output).toMatch(/^micro-chain: /);
    },
  );
});
