import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  createTestClient,
  defineChain,
  http,
  parseEther,
  publicActions,
  walletActions,
} from 'viem';
import { devWallet } from '../accounts.js';
import { compile } from '../artifacts.js';
import { repositoryRoot, Stack, waitUntil } from '../stack.js';

const run = promisify(execFile);
const stranger = `0x${'5b'.repeat(20)}` as const;
let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
}, 120_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

const logOf = (chain: string) =>
  readFileSync(join(stack.home, 'logs', `chain-${chain}.log`), 'utf8');

describe('a Hardhat project', () => {
  const chain = 'suite';
  let project: string;

  beforeAll(async () => {
    await stack.createChain(chain);
    project = mkdtempSync(join(tmpdir(), 'flotilla-hardhat-'));
    const { Vault } = compile('e2e/solidity/Vault.sol');
    symlinkSync(join(repositoryRoot, 'node_modules'), join(project, 'node_modules'));
    writeFileSync(join(project, 'package.json'), '{}');
    mkdirSync(join(project, 'test'));
    writeFileSync(join(project, 'test/vault.json'), JSON.stringify(Vault));
    const suite = 'test/e2e/hardhat-suite/vault.test.cjs';
    copyFileSync(join(repositoryRoot, suite), join(project, 'test/vault.test.cjs'));
    writeFileSync(
      join(project, 'hardhat.config.js'),
      `module.exports = { solidity: '0.8.24', networks: { flotilla: { url: ${JSON.stringify(stack.rpcUrl(chain))} } } };`,
    );
  }, 60_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('runs its suite against a chain of its own', async () => {
    const hardhat = join(repositoryRoot, 'node_modules/hardhat/internal/cli/bootstrap.js');
    const { stdout } = await run(
      process.execPath,
      [hardhat, 'test', '--no-compile', '--network', 'flotilla', 'test/vault.test.cjs'],
      { cwd: project, env: { ...process.env, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true' } },
    ).catch((error) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    });
    expect(stdout).toContain('7 passing');
  }, 120_000);

  it('finds what its contracts said in the log of the chain, each once', async () => {
    const said = logOf(chain)
      .split('\n')
      .filter((line) => line.includes('withdrawing 100, from'));
    // Of one call, one estimate and four transactions.
    expect(said).toHaveLength(6);
  });
});

describe.each(['anvil', 'hardhat'] as const)('viem as a test client of %s', (mode) => {
  const name = `viem-${mode}`;

  it('controls accounts, blocks and time', async () => {
    const { chainId } = await stack.createChain(name);
    const url = stack.rpcUrl(name);
    const chain = defineChain({
      id: chainId,
      name,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [url] } },
    });
    const client = createTestClient({ mode, chain, transport: http(url), pollingInterval: 50 })
      .extend(publicActions)
      .extend(walletActions);

    await client.setBalance({ address: stranger, value: parseEther('5') });
    expect(await client.getBalance({ address: stranger })).toBe(parseEther('5'));
    const id = await client.snapshot();
    await client.impersonateAccount({ address: stranger });
    const hash = await client.sendTransaction({
      account: stranger,
      to: devWallet(1).address as `0x${string}`,
      value: 7n,
      gas: 21_000n,
    });
    const receipt = await client.waitForTransactionReceipt({ hash });
    expect(receipt).toMatchObject({ status: 'success', from: stranger });
    await client.revert({ id });
    expect(await client.getTransactionCount({ address: stranger })).toBe(0);

    await client.setCode({ address: stranger, bytecode: '0x6001' });
    expect(await client.getCode({ address: stranger })).toBe('0x6001');
    await client.setStorageAt({ address: stranger, index: 2, value: `0x${'00'.repeat(31)}09` });
    expect(BigInt((await client.getStorageAt({ address: stranger, slot: '0x2' })) ?? 0)).toBe(9n);
    await client.setNonce({ address: stranger, nonce: 9 });
    expect(await client.getTransactionCount({ address: stranger })).toBe(9);

    const { timestamp, number } = await client.getBlock();
    await client.setNextBlockTimestamp({ timestamp: timestamp + 1_000n });
    await client.mine({ blocks: 2, interval: 10 });
    const later = await client.getBlock();
    expect([later.number - number, later.timestamp - timestamp]).toEqual([2n, 1_010n]);
    await client.increaseTime({ seconds: 100 });
    await client.setAutomine(false);
    expect(await client.getAutomine()).toBe(false);
    const dropped = await client.sendUnsignedTransaction({
      from: stranger,
      to: stranger,
      gas: 21_000n,
    } as never);
    await client.dropTransaction({ hash: dropped });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).transactions).toEqual([]);
    await client.setIntervalMining({ interval: 0 });
    await client.setAutomine(true);
    await client.reset();
    expect(await client.getBlockNumber({ cacheTime: 0 })).toBe(0n);
  }, 60_000);
});

describe('a chain that was tampered with', () => {
  const chain = 'bent';

  const anchoredUpTo = async () =>
    Number((await stack.rpc(chain, 'eth_getBlockByNumber', ['safe', false])).number);
  const condition = async () => {
    const { body } = await stack.api('GET', `/chains/${chain}`);
    return body.status.conditions.find(({ type }: { type: string }) => type === 'Tampered');
  };
  const cast = async (...args: string[]) => {
    const binary = join(repositoryRoot, 'node_modules/@foundry-rs/cast/bin.mjs');
    const all = [binary, ...args, '--rpc-url', stack.rpcUrl(chain)];
    return (await run(process.execPath, all)).stdout.trim();
  };
  const send = async (from: string, value = '1') =>
    JSON.parse(
      await cast('send', '--unlocked', '--from', from, '--json', stranger, '--value', value),
    );

  it('is not one as long as cast sends from accounts whose keys the node has', async () => {
    await stack.createChain(chain);
    expect((await send(devWallet(0).address, '1ether')).status).toBe('0x1');
    await stack.api('POST', `/chains/${chain}/checkpoints`);
    await waitUntil('the anchor', 30_000, async () => (await anchoredUpTo()) >= 1);
    expect(await condition()).toBeUndefined();
  }, 60_000);

  it('says so, and is anchored no more', async () => {
    const before = await anchoredUpTo();
    await cast('rpc', 'anvil_impersonateAccount', stranger);
    expect((await send(stranger)).status).toBe('0x1');
    expect(await waitUntil('the condition', 10_000, condition)).toMatchObject({
      status: true,
      reason: 'DEV_METHODS',
    });
    const { stdout } = await stack.cli('chain', 'show', chain);
    expect(stdout).toContain('Tampered');
    await stack.api('POST', `/chains/${chain}/checkpoints`);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await anchoredUpTo()).toBe(before);
  }, 60_000);

  it('goes on after its process was killed', async () => {
    await stack.rpc(chain, 'hardhat_setBalance', [stranger, '0x64']);
    const pid = stack.chainPid(chain);
    process.kill(pid, 'SIGKILL');
    await waitUntil('a restart', 30_000, async () => stack.chainPid(chain) !== pid);
    await waitUntil('an answer', 30_000, async () => stack.rpc(chain, 'eth_chainId'));
    expect(await stack.rpc(chain, 'eth_getBalance', [stranger, 'latest'])).toBe('0x64');
    expect((await send(devWallet(0).address)).status).toBe('0x1');
    const status = await stack.rpc(chain, 'flotilla_status');
    expect(status.tampered.by).toContain('impersonated');
  }, 90_000);

  it('is paused without waiting for a last checkpoint', async () => {
    const asked = Date.now();
    await stack.api('POST', `/chains/${chain}/pause`);
    await waitUntil('the pause', 30_000, async () => {
      const { body } = await stack.api('GET', `/chains/${chain}`);
      return body.status.phase === 'Paused';
    });
    expect(Date.now() - asked).toBeLessThan(10_000);
  }, 60_000);
});
