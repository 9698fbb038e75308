import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@flotilla/common';
import { HDNodeWallet } from 'ethers';
import { ChainNode } from '../chain-node.js';
import { devAlloc } from '../config/dev-alloc.js';
import { parseNodeConfig } from '../config/load-node-config.js';
import { loadOrCreateCommitteeKey } from '../files/committee-key.js';
import { spawnInProcess } from '../testing/in-process-threads.js';
import type { Lease } from './lease-file.js';

const MNEMONIC = 'test test test test test test test test test test test junk';
const CHAIN_ID = 4242;
/** Milliseconds: nodes take their time where many tests run at once. */
const TIMEOUT_MS = 30_000;
const wallet = HDNodeWallet.fromPhrase(MNEMONIC);
const alloc = Object.fromEntries(
  Object.entries(devAlloc()).map(([address, { balance }]) => [
    address,
    { balance: balance.toString() },
  ]),
);

/** Several instances of one chain, in folders of their own, of one key. */
class Group {
  readonly home = mkdtempSync(join(tmpdir(), 'flotilla-replication-'));
  readonly nodes = new Map<string, ChainNode>();
  readonly deposed: string[] = [];

  constructor(
    readonly failover: boolean,
    readonly profile: 'dev' | 'production' = 'dev',
  ) {}

  folder(instance: string): string {
    return join(this.home, instance);
  }

  grant(lease: Lease, ...instances: string[]): void {
    for (const instance of instances) {
      writeFileSync(join(this.folder(instance), 'lease.json'), JSON.stringify(lease));
    }
  }

  /** The lease as it is for a producer that runs. */
  lease(producer: string, epoch: number): Lease {
    const { peerUrl, rpcUrl } = this.nodes.get(producer)!.endpoints;
    return { instance: producer, epoch, peerUrl: peerUrl!, rpcUrl };
  }

  async start(instance: string, lease: Lease): Promise<ChainNode> {
    const folder = this.folder(instance);
    mkdirSync(folder, { recursive: true });
    loadOrCreateCommitteeKey(this.home, systemRandom);
    cpSync(join(this.home, 'keys'), join(folder, 'keys'), { recursive: true });
    this.grant(lease, instance);
    const config = parseNodeConfig({
      role: 'micro',
      name: 'pair',
      instance,
      failover: this.failover,
      standby: this.failover,
      chain: {
        ...{ chainId: CHAIN_ID, name: 'pair', profile: this.profile, alloc },
        genesisTimestamp: 1_700_000_000,
      },
    });
    const node = await ChainNode.open(
      { folder, config, clientVersion: 'test' },
      {
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
        spawnThread: spawnInProcess,
        onThreadLost() {},
        onDeposed: () => this.deposed.push(instance),
        onFatal(error) {
          throw error;
        },
      },
    );
    await node.start();
    this.nodes.set(instance, node);
    return node;
  }

  async stop(instance: string): Promise<void> {
    const node = this.nodes.get(instance);
    this.nodes.delete(instance);
    await node?.stop();
  }

  async close(): Promise<void> {
    for (const instance of [...this.nodes.keys()].reverse()) await this.stop(instance);
    rmSync(this.home, { recursive: true, force: true });
  }

  async send(node: ChainNode): Promise<string> {
    const nonce = Number(await rpc(node, 'eth_getTransactionCount', wallet.address, 'pending'));
    const raw = await wallet.signTransaction({
      ...{ type: 0, chainId: CHAIN_ID, nonce, to: `0x${'11'.repeat(20)}` },
      ...{ value: 1n, gasLimit: 21_000n, gasPrice: 0n },
    });
    return rpc(node, 'eth_sendRawTransaction', raw);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of any method
async function rpc(node: ChainNode, method: string, ...params: unknown[]): Promise<any> {
  const response = await fetch(node.rpcUrl, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as {
    result?: unknown;
    error?: { message: string };
  };
  if (error !== undefined) throw Object.assign(new Error(error.message), error);
  return result;
}

async function until<T>(what: string, probe: () => T | undefined | false | Promise<T | undefined>) {
  for (let waited = 0; waited < 15_000; waited += 20) {
    const found = await probe();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`${what} did not happen`);
}

const caughtUp = (follower: ChainNode, producer: ChainNode) =>
  until('it catches up', () => follower.chain.head().hash === producer.chain.head().hash);

const code = (error: { data?: { code?: string } }) => error.data?.code;

describe('a replica', () => {
  let group: Group;
  let producer: ChainNode;
  let replica: ChainNode;

  beforeAll(async () => {
    group = new Group(false);
    producer = await group.start('pair-0', { instance: 'pair-0', epoch: 1 });
    for (let i = 0; i < 5; i++) await group.send(producer);
    replica = await group.start('pair-1', group.lease('pair-0', 1));
  }, TIMEOUT_MS);

  afterAll(() => group.close(), TIMEOUT_MS);

  it(
    'catches up with what was there before, and follows what comes',
    async () => {
      await caughtUp(replica, producer);
      await group.send(producer);
      await caughtUp(replica, producer);
      expect(replica.status()).toMatchObject({
        role: 'follower',
        following: { lag: 0, paired: false },
      });
      const asked = ['eth_getBalance', `0x${'11'.repeat(20)}`, 'latest'] as const;
      expect(await rpc(replica, ...asked)).toBe(await rpc(producer, ...asked));
    },
    TIMEOUT_MS,
  );

  it(
    'passes on what only the producer can do, and then knows what came of it',
    async () => {
      for (let i = 0; i < 10; i++) {
        const hash = await group.send(replica);
        expect(await rpc(replica, 'eth_getTransactionReceipt', hash)).toMatchObject({
          status: '0x1',
        });
      }
      expect(await rpc(replica, 'txpool_status')).toEqual({ pending: '0x0', queued: '0x0' });
      const filter = await rpc(replica, 'eth_newBlockFilter');
      await group.send(replica);
      expect(await rpc(producer, 'eth_getFilterChanges', filter)).toHaveLength(1);
      await expect(rpc(replica, 'eth_sendRawTransaction', '0x01')).rejects.toThrow();
    },
    TIMEOUT_MS,
  );

  it(
    'waits for the block that a client has seen elsewhere',
    async () => {
      await group.send(producer);
      const wanted = producer.chain.head().number;
      const response = await fetch(replica.rpcUrl, {
        method: 'POST',
        headers: { 'flotilla-min-block': String(wanted) },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
      });
      expect(Number(response.headers.get('flotilla-block'))).toBeGreaterThanOrEqual(wanted);
      expect(Number(((await response.json()) as { result: string }).result)).toBe(wanted);
    },
    TIMEOUT_MS,
  );

  it(
    'goes on where it was after a restart',
    async () => {
      const before = replica.chain.head().number;
      await group.stop('pair-1');
      await group.send(producer);
      replica = await group.start('pair-1', group.lease('pair-0', 1));
      expect(replica.chain.head().number).toBeGreaterThanOrEqual(before);
      await caughtUp(replica, producer);
    },
    TIMEOUT_MS,
  );

  it(
    'follows changed settings',
    async () => {
      const { token, allow } = producer.chain.settingsUpTo(0, 1)[0].settings;
      const fees = { mode: 'fixed', gasPrice: 7n } as const;
      await producer.chain.changeSettings({ gasLimit: 20_000_000n, fees, token, allow }, 2);
      await caughtUp(replica, producer);
      expect(replica.chain.head()).toMatchObject({ gasLimit: 20_000_000n, baseFeePerGas: 7n });
      const free = { mode: 'free' } as const;
      await producer.chain.changeSettings({ gasLimit: 20_000_000n, fees: free, token, allow }, 3);
      await caughtUp(replica, producer);
    },
    TIMEOUT_MS,
  );

  it(
    'stops serving when development methods bend the chain',
    async () => {
      await rpc(producer, 'evm_setAccountNonce', `0x${'22'.repeat(20)}`, '0x5').catch(() =>
        rpc(producer, 'hardhat_setNonce', `0x${'22'.repeat(20)}`, '0x5'),
      );
      await until('it refuses', () => replica.status().following?.refused !== undefined);
      expect(replica.status().following?.refused).toMatchObject({ code: 'TAMPERED' });
      await expect(rpc(replica, 'eth_blockNumber')).rejects.toThrow();
    },
    TIMEOUT_MS,
  );
});

describe('a pair', () => {
  it('keeps what it promised when the standby takes over, and never has two blocks of one height', async () => {
    const group = new Group(true);
    const first = await group.start('pair-0', { instance: 'pair-0', epoch: 1 });
    // What is sent before the standby has joined waits for it.
    const early = group.send(first);
    const second = await group.start('pair-1', group.lease('pair-0', 1));
    await until('they are a pair', () => second.status().following?.paired);
    await early;
    for (let i = 0; i < 4; i++) await group.send(first);
    expect(first.chain.head().number).toBe(5);

    // The standby goes away: nothing is promised, and nothing committed.
    await group.stop('pair-1');
    await until('the loss is noticed', () =>
      group.send(first).then(
        () => undefined,
        (error) => code(error) === 'NO_FOLLOWER',
      ),
    );
    const head = first.chain.head().number;

    const back = await group.start('pair-1', group.lease('pair-0', 1));
    await until('they are a pair again', () =>
      group.send(first).then(
        () => true,
        () => undefined,
      ),
    );
    expect(first.chain.head().number).toBeGreaterThan(head);

    // The root grants the standby the next epoch; the old producer has not heard of it yet.
    group.grant({ instance: 'pair-1', epoch: 2 }, 'pair-1');
    await until('it produces', () => back.status().role === 'producer');
    expect(back.chain.epoch).toBe(2);
    await expect(group.send(first)).rejects.toMatchObject({
      data: { code: expect.stringMatching(/NO_FOLLOWER|FOLLOWER_LOST/) },
    });
    expect(back.chain.head().hash).toBe(first.chain.head().hash);

    group.grant(group.lease('pair-1', 2), 'pair-0');
    await until('the old one is deposed', () => group.deposed.includes('pair-0'));
    await group.stop('pair-0');
    const old = await group.start('pair-0', group.lease('pair-1', 2));
    await until('they are a pair under the new epoch', () => old.status().following?.paired);
    await group.send(back);
    expect(back.chain.headerByNumber(back.chain.head().number)?.extraData).toMatch(/2$/);
    await caughtUp(old, back);
    await group.close();
  }, 60_000);
});
