import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CHAIN_REGISTRY_ADDRESS,
  CHECKPOINT_MANAGER_ADDRESS,
  checkpointHash,
  DEPLOYMENT_PROXY_ADDRESS,
} from '@flotilla/anchoring';
import { ZERO_HASH } from '@flotilla/common';
import { jest } from '@jest/globals';
import { getCreateAddress, Transaction, toQuantity, Wallet } from 'ethers';
import { type DeployProgress, deployRoot, PROXY_DEPLOYMENT } from './deploy.js';
import { RootErrorCode } from './errors.js';
import { rootGenesisAlloc } from './genesis.js';
import { RootClient } from './root-client.js';
import { ANVIL_KEYS, type Anvil, startAnvil } from './testing/anvil.js';
import { checkpoint, members, signedBy } from './testing/fixture.js';

// Other suites may have the machine, too.
jest.setTimeout(30_000);

const coded = (code: RootErrorCode) => expect.objectContaining({ code });

async function withAnvil(args: string[], use: (anvil: Anvil) => Promise<void>): Promise<void> {
  const anvil = await startAnvil(...args);
  try {
    await use(anvil);
  } finally {
    await anvil.stop();
  }
}

async function steps(anvil: Anvil): Promise<string[]> {
  const seen: DeployProgress[] = [];
  await deployRoot(anvil, { onProgress: (progress) => seen.push(progress) });
  return seen.map(({ contract, step }) => `${contract} ${step}`);
}

describe('deployRoot', () => {
  it('knows the proxy deployment that everybody uses', () => {
    const deployment = Transaction.from(PROXY_DEPLOYMENT.raw);
    expect(deployment.from?.toLowerCase()).toBe(PROXY_DEPLOYMENT.from);
    const created = getCreateAddress({ from: PROXY_DEPLOYMENT.from, nonce: 0 });
    expect(created.toLowerCase()).toBe(DEPLOYMENT_PROXY_ADDRESS);
    expect(deployment.gasLimit * deployment.gasPrice!).toBe(PROXY_DEPLOYMENT.cost);
  });

  it('puts all three at their addresses, and the second time does nothing', () =>
    withAnvil(['--disable-default-create2-deployer'], async (anvil) => {
      expect(await anvil.provider.getCode(DEPLOYMENT_PROXY_ADDRESS)).toBe('0x');
      expect(await steps(anvil)).toEqual([
        'DeploymentProxy sending',
        'DeploymentProxy deployed',
        'ChainRegistry sending',
        'ChainRegistry deployed',
        'CheckpointManager sending',
        'CheckpointManager deployed',
      ]);
      const block = await anvil.provider.getBlockNumber();
      expect(await steps(anvil)).toEqual([
        'DeploymentProxy present',
        'ChainRegistry present',
        'CheckpointManager present',
      ]);
      expect(await anvil.provider.getBlockNumber()).toBe(block);
    }));

  it('says so when it cannot place the proxy', () =>
    withAnvil(['--disable-default-create2-deployer'], async ({ provider }) => {
      const wallet = new Wallet(`0x${'77'.repeat(32)}`);
      await expect(deployRoot({ provider, wallet })).rejects.toThrow(
        coded(RootErrorCode.ProxyMissing),
      );
    }));

  it('refuses to build on foreign code', () =>
    withAnvil([], async (anvil) => {
      await anvil.provider.send('anvil_setCode', [CHAIN_REGISTRY_ADDRESS, '0x00']);
      await expect(deployRoot(anvil)).rejects.toThrow(coded(RootErrorCode.NotDeployed));
    }));
});

describe('rootGenesisAlloc', () => {
  it('is what deployRoot leaves behind', () =>
    withAnvil([], async (anvil) => {
      await deployRoot(anvil);
      for (const [address, { code, nonce, balance }] of Object.entries(rootGenesisAlloc())) {
        expect(await anvil.provider.getCode(address)).toBe(code);
        expect(await anvil.provider.getTransactionCount(address)).toBe(Number(nonce));
        expect(await anvil.provider.getBalance(address)).toBe(balance);
      }
    }));

  it('works from a genesis block, where gas is free too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flotilla-genesis-'));
    const alloc = Object.entries(rootGenesisAlloc()).map(([address, { code, nonce, balance }]) => [
      address,
      { code, nonce: toQuantity(nonce), balance: toQuantity(balance) },
    ]);
    const genesis = join(folder, 'genesis.json');
    const fields = { config: { chainId: 1 }, difficulty: '0x0', gasLimit: '0x1c9c380' };
    await writeFile(genesis, JSON.stringify({ ...fields, alloc: Object.fromEntries(alloc) }));
    const free = [
      '--gas-price',
      '0',
      '--block-base-fee-per-gas',
      '0',
      '--disable-min-priority-fee',
    ];
    await withAnvil([...free, '--init', genesis], async ({ rpcUrl }) => {
      // An account that owns nothing, as a relayer on the embedded root may.
      const privateKey = `0x${'77'.repeat(32)}` as const;
      const client = await RootClient.connect({ rpcUrl, privateKey });
      await client.assertDeployed();
      const [member] = members(1);
      const { address: owner } = client;
      const registration = { committee: [member.address], threshold: 1, configHash: ZERO_HASH };
      await client.register({ chainId: 7, owner: owner!, ...registration });
      const first = checkpoint(7);
      await client.submit(first, signedBy([member], [member], first, await client.domain()));
      expect(await client.anchorHash(7, 0)).toBe(checkpointHash(first));
      client.close();
    });
    await rm(folder, { recursive: true });
  });
});

describe('a client', () => {
  it('says when our contracts are missing', () =>
    withAnvil([], async ({ rpcUrl }) => {
      const client = await RootClient.connect({ rpcUrl, privateKey: ANVIL_KEYS[0] });
      await expect(client.assertDeployed()).rejects.toThrow(coded(RootErrorCode.NotDeployed));
      await expect(client.latestCheckpoint(7)).rejects.toThrow(coded(RootErrorCode.NotDeployed));
      expect(await client.finalCheckpoint(7)).toBeUndefined();
      client.close();
    }));

  it('only reads without a key', () =>
    withAnvil([], async ({ rpcUrl }) => {
      const client = await RootClient.connect({ rpcUrl });
      expect(client.address).toBeUndefined();
      await expect(client.grantEpoch(1, 2)).rejects.toThrow(coded(RootErrorCode.ReadOnly));
      client.close();
    }));

  it('says, retryably, that nobody answers', async () => {
    const unreachable = expect.objectContaining({
      code: RootErrorCode.Unreachable,
      retryable: true,
    });
    const rpcUrl = 'http://127.0.0.1:9';
    await expect(RootClient.connect({ rpcUrl })).rejects.toThrow(unreachable);
    const client = await RootClient.connect({ rpcUrl, chainId: 1, privateKey: ANVIL_KEYS[0] });
    await expect(client.latestCheckpoint(7)).rejects.toThrow(unreachable);
    await expect(client.grantEpoch(7, 2)).rejects.toThrow(unreachable);
    await expect(client.finalBlock()).rejects.toThrow(unreachable);
    client.close();
  });

  it('finds the same contracts everywhere', () => {
    expect(Object.keys(rootGenesisAlloc())).toEqual([
      CHAIN_REGISTRY_ADDRESS,
      CHECKPOINT_MANAGER_ADDRESS,
    ]);
  });
});
