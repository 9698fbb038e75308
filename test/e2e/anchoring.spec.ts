import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonRpcProvider } from 'ethers';
import { devWallet } from '../accounts.js';
import { runCli, Stack, waitUntil } from '../stack.js';

const chain = 'proofs';
const outside = mkdtempSync(join(tmpdir(), 'flotilla-bundle-'));

afterAll(() => rmSync(outside, { recursive: true, force: true }));

describe('anchoring', () => {
  let stack: Stack;
  let rootHash = '';
  const account = devWallet(1).address;
  const bundleFile = join(outside, 'bundle.json');

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.createChain(chain);
    const provider = new JsonRpcProvider(stack.rpcUrl(chain), undefined, { pollingInterval: 50 });
    for (const tag of ['safe', 'finalized']) {
      const block = await stack.rpc(chain, 'eth_getBlockByNumber', [tag, false]);
      expect(block.number).toBe('0x0');
    }
    const wallet = devWallet(0).connect(provider);
    for (let nonce = 0; nonce < 5; nonce++) {
      await (await wallet.sendTransaction({ to: account, value: 1n, nonce })).wait();
      if (nonce === 2) await anchorHead();
    }
    provider.destroy();
  }, 120_000);

  afterAll(() => stack?.stop(), 60_000);

  async function anchorHead(): Promise<void> {
    const { status } = await stack.api('POST', `/chains/${chain}/checkpoints`, {});
    expect(status).toBeLessThan(300);
    const head = Number(await stack.rpc(chain, 'eth_blockNumber'));
    await waitUntil('the head is safe and final', 20_000, async () => {
      const safe = await stack.rpc(chain, 'eth_getBlockByNumber', ['safe', false]);
      const final = await stack.rpc(chain, 'eth_getBlockByNumber', ['finalized', false]);
      return Number(safe.number) >= head && Number(final.number) >= head;
    });
  }

  const checkpoints = async () =>
    (await stack.api('GET', `/chains/${chain}/checkpoints`)).body.items;

  it('anchors every block of the run in contiguous, parent-linked checkpoints', async () => {
    await anchorHead();
    const head = Number(await stack.rpc(chain, 'eth_blockNumber'));
    const items = (await checkpoints()).sort((a: any, b: any) => a.index - b.index);
    expect(items.length).toBeGreaterThan(1);
    expect(items[0].firstBlock).toBe(0);
    for (let i = 1; i < items.length; i++) {
      expect(items[i].index).toBe(items[i - 1].index + 1);
      expect(items[i].firstBlock).toBe(items[i - 1].lastBlock + 1);
      expect(items[i].parent).toBe(items[i - 1].hash);
    }
    expect(items.at(-1).lastBlock).toBeGreaterThanOrEqual(head);
  }, 30_000);

  it('saves a bundle that proves an account', async () => {
    const index = (await checkpoints()).length - 1;
    const saved = await stack.cli(
      'checkpoint',
      'export',
      chain,
      String(index),
      '--account',
      account,
      '--save',
      bundleFile,
      '--json',
    );
    expect(saved).toMatchObject({ code: 0 });
    rootHash = JSON.parse(saved.stdout).rootHash;
    expect(rootHash).toMatch(/^0x[0-9a-f]{64}$/);
  }, 20_000);

  it('verifies with every service stopped, against a root hash given by the user', async () => {
    expect(await stack.interrupt()).toBe(0);
    const env = { ...process.env, FLOTILLA_HOME: join(outside, 'nowhere') };
    const verified = await runCli(
      ['checkpoint', 'verify', bundleFile, '--root-hash', rootHash, '--json'],
      env,
    );
    expect(verified).toMatchObject({ code: 0 });
    const facts = JSON.parse(verified.stdout);
    expect(BigInt(facts.account.balance)).toBe(10n ** 22n + 5n);

    const wrongRoot = `0x${'11'.repeat(32)}`;
    expect(
      (await runCli(['checkpoint', 'verify', bundleFile, '--root-hash', wrongRoot], env)).code,
    ).not.toBe(0);

    const changed = join(outside, 'changed.json');
    copyFileSync(bundleFile, changed);
    const bytes = readFileSync(changed);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    writeFileSync(changed, bytes);
    expect(
      (await runCli(['checkpoint', 'verify', changed, '--root-hash', rootHash], env)).code,
    ).not.toBe(0);
  }, 60_000);

  it('refuses the bundle when any byte of it is changed', async () => {
    const { verifyBundle } = await import('@flotilla/sdk');
    const original = readFileSync(bundleFile, 'utf8');
    const trusted = { hash: rootHash as `0x${string}` };
    expect(() => verifyBundle(original, trusted)).not.toThrow();
    const accepted: string[] = [];
    const attempt = (text: string, what: string) => {
      try {
        verifyBundle(text, trusted);
        accepted.push(what);
      } catch {}
    };
    for (let i = 0; i < original.length; i++) {
      const at = original[i];
      const replacements = new Set([
        String.fromCharCode(at.charCodeAt(0) ^ 1),
        at.toUpperCase(),
        at.toLowerCase(),
        ' ',
      ]);
      replacements.delete(at);
      for (const other of replacements) {
        attempt(original.slice(0, i) + other + original.slice(i + 1), `${i}: ${at} -> ${other}`);
      }
    }
    for (let i = 0; i <= original.length; i += 97)
      attempt(`${original.slice(0, i)} ${original.slice(i)}`, `insert ${i}`);
    expect(accepted).toEqual([]);
  }, 300_000);
});
