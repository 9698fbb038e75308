import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointHash } from '@flotilla/anchoring';
import { silentLogger, systemClock, systemRandom } from '@flotilla/common';
import { connectProvider, RootClient, rootGenesisAlloc } from '@flotilla/contracts';
import {
  BLOCKS_STREAM,
  type BlockSealed,
  type CheckpointProposed,
  type CommandAck,
  connectMessaging,
  ensureStreams,
  type Heartbeat,
  Messages,
  type Messaging,
} from '@flotilla/messaging';
import { jetstreamManager } from '@nats-io/jetstream';
import { HDNodeWallet, type JsonRpcProvider } from 'ethers';
import { ChainNode } from './chain-node.js';
import { devAlloc } from './config/dev-alloc.js';
import { parseNodeConfig } from './config/load-node-config.js';
import type { NodeConfigInput } from './config/node-config.schema.js';
import { loadOrCreateCommitteeKey } from './files/committee-key.js';
import { spawnInProcess } from './testing/in-process-threads.js';

const MNEMONIC = 'test test test test test test test test test test test junk';
const home = mkdtempSync(join(tmpdir(), 'flotilla-chain-node-'));
const alloc = Object.fromEntries(
  Object.entries(devAlloc()).map(([address, { balance }]) => [
    address,
    { balance: balance.toString() },
  ]),
);
const opened: ChainNode[] = [];

async function openNode(
  name: string,
  chainId: number,
  changes: Partial<NodeConfigInput> = {},
): Promise<ChainNode> {
  const config = parseNodeConfig({
    role: 'micro',
    name,
    chain: { chainId, name, profile: 'dev', alloc },
    ...changes,
  });
  const node = await ChainNode.open(
    {
      folder: join(home, name),
      config,
      clientVersion: 'test',
      ...(config.role === 'root' ? { predeploys: rootGenesisAlloc() } : {}),
    },
    {
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      spawnThread: spawnInProcess,
      onThreadLost: (error) => {
        throw error;
      },
      onDeposed: () => {},
      onFatal: (error) => {
        throw error;
      },
    },
  );
  await node.start();
  opened.push(node);
  return node;
}

async function closeNode(node: ChainNode): Promise<void> {
  opened.splice(opened.indexOf(node), 1);
  await node.stop();
}

async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>) {
  for (let waited = 0; waited < 20_000; waited += 25) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`${what} did not happen`);
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

const nonces = new Map<ChainNode['chain']['identity']['chainId'], number>();

/** One transfer, mined when this returns. */
async function transfer(node: ChainNode): Promise<void> {
  const { chainId } = node.chain.identity;
  const nonce = nonces.get(chainId) ?? 0;
  nonces.set(chainId, nonce + 1);
  const raw = await HDNodeWallet.fromPhrase(MNEMONIC).signTransaction({
    type: 0,
    chainId,
    nonce,
    to: `0x${'11'.repeat(20)}`,
    value: 1n,
    gasLimit: 21_000n,
    gasPrice: 0n,
  });
  await rpc(node, 'eth_sendRawTransaction', raw);
}

afterAll(async () => {
  for (const node of [...opened]) await node.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('a node and NATS', () => {
  const name = 'linked';
  let port = 0;
  let server: ChildProcess | undefined;
  let control: Messaging;
  let node: ChainNode;
  const proposals: CheckpointProposed[] = [];
  const acks: CommandAck[] = [];
  const beats: Heartbeat[] = [];

  const nats = () => ({ nats: { url: `nats://127.0.0.1:${port}`, account: 'shared' as const } });
  const root = {
    rpcUrl: 'http://127.0.0.1:1',
    chainId: 1,
    registry: `0x${'01'.repeat(20)}`,
    checkpointManager: `0x${'02'.repeat(20)}`,
    finality: 'embedded',
  };

  function startNats(store: string): void {
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(home, store)];
    server = spawn('nats-server', args, { stdio: 'ignore' });
  }

  async function stopNats(): Promise<void> {
    const ended = new Promise((done) => server?.once('exit', done));
    server?.kill('SIGKILL');
    await ended;
    // Else a connection that is not known to be dead would be taken for the next one.
    await until('the loss', () => (control?.connected ? undefined : true));
  }

  async function announced(): Promise<number[]> {
    const manager = await jetstreamManager(control.connection);
    const { state } = await manager.streams.info(BLOCKS_STREAM);
    const numbers: number[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const message = await manager.streams.getMessage(BLOCKS_STREAM, { seq });
      numbers.push(message?.json<{ data: BlockSealed }>().data.number ?? -1);
    }
    return numbers;
  }

  const everyBlock = () =>
    Array.from({ length: node.chain.head().number + 1 }, (_, number) => number);

  beforeAll(async () => {
    const probe = createServer();
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
    port = (probe.address() as { port: number }).port;
    await new Promise((done) => probe.close(done));
  });

  afterAll(async () => {
    await control?.close();
    server?.kill('SIGKILL');
  });

  it('produces while there is no NATS, and announces everything once there is', async () => {
    node = await openNode(name, 2_147_484_100, { ...nats(), root });
    for (let i = 0; i < 3; i++) await transfer(node);
    expect(node.chain.head().number).toBeGreaterThan(0);
    startNats('first');
    control = await connectMessaging({ url: `nats://127.0.0.1:${port}`, name: 'control' });
    await ensureStreams(control);
    control.subscribe(Messages.heartbeat, name, ({ data }) => void beats.push(data));
    control.subscribe(Messages.checkpointProposed, name, ({ data }) => void proposals.push(data));
    control.subscribe(Messages.commandAck, name, ({ data }) => void acks.push(data));
    await until('announcing', async () =>
      (await announced()).length > node.chain.head().number ? true : undefined,
    );
    expect(await announced()).toEqual(everyBlock());
  }, 40_000);

  it('goes on beating, every few seconds, while nothing happens', async () => {
    beats.length = 0;
    await until('beats', () => (beats.length >= 2 ? true : undefined));
    expect(beats[0]).toMatchObject({
      pid: process.pid,
      rpcUrl: node.rpcUrl,
      epoch: 1,
      head: { number: node.chain.head().number },
      txTotal: 3,
    });
  }, 20_000);

  it('proposes a checkpoint until it is anchored, and moves its tags', async () => {
    const { checkpoint, hash } = await until('a proposal', () => proposals.at(-1));
    expect(checkpoint).toMatchObject({ index: 0, firstBlock: 0, epoch: 1 });
    const anchored = {
      index: 0,
      hash,
      lastBlock: checkpoint.lastBlock,
      blockHash: checkpoint.blockHash,
      rootBlock: { number: 5, hash: `0x${'00'.repeat(32)}` },
      final: false,
    };
    const commandId = control.send(Messages.checkpointAnchored, name, anchored);
    const ack = await until('the ack', () => acks.find((a) => a.commandId === commandId));
    expect(ack.ok).toBe(true);
    const tags = async () => [
      Number((await rpc(node, 'eth_getBlockByNumber', 'safe', false)).number),
      Number((await rpc(node, 'eth_getBlockByNumber', 'finalized', false)).number),
    ];
    expect(await tags()).toEqual([checkpoint.lastBlock, 0]);
    control.send(Messages.checkpointAnchored, name, { ...anchored, final: true });
    await until('finality', async () => ((await tags())[1] > 0 ? true : undefined));
  });

  it('refuses an anchor of blocks that are not its own, with a code', async () => {
    await transfer(node);
    const commandId = control.send(Messages.checkpointAnchored, name, {
      index: 1,
      hash: `0x${'00'.repeat(32)}`,
      lastBlock: node.chain.head().number,
      blockHash: `0x${'33'.repeat(32)}`,
      rootBlock: { number: 6, hash: `0x${'00'.repeat(32)}` },
      final: false,
    });
    const ack = await until('the ack', () => acks.find((a) => a.commandId === commandId));
    expect(ack).toMatchObject({ ok: false, code: 'FINALITY_MISMATCH' });
  });

  it('fills the stream up after an outage and after a restart of its own, without a gap', async () => {
    await stopNats();
    for (let i = 0; i < 2; i++) await transfer(node);
    await closeNode(node);
    startNats('first');
    node = await openNode(name, 2_147_484_100, { ...nats(), root });
    await transfer(node);
    await until('the connection', () => (control.connected ? true : undefined));
    await until('announcing', async () =>
      (await announced()).at(-1) === node.chain.head().number ? true : undefined,
    );
    expect(await announced()).toEqual(everyBlock());
  }, 40_000);

  it('sends everything again when the stream was wiped', async () => {
    await stopNats();
    startNats('second');
    await until('the connection', () => (control.connected ? true : undefined));
    await ensureStreams(control);
    await until('refilling', async () => {
      const numbers = await announced();
      return everyBlock().every((number) => numbers.includes(number)) ? true : undefined;
    });
  }, 40_000);

  it('takes no transactions while it is drained', async () => {
    const commandId = control.send(Messages.nodeDrain, name, { reason: 'test' });
    await until('the ack', () => acks.find((a) => a.commandId === commandId));
    await expect(transfer(node)).rejects.toMatchObject({ code: -32005 });
    expect(Number(await rpc(node, 'eth_blockNumber'))).toBe(node.chain.head().number);
  });
});

describe('a node without NATS', () => {
  it('learns from the root itself what is anchored', async () => {
    const root = await openNode('rootling', 2_147_484_200, { role: 'root' });
    const provider: JsonRpcProvider = await connectProvider({ rpcUrl: root.rpcUrl });
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC);
    const client = new RootClient({ finality: 'embedded' }, { provider, wallet });
    const { address } = loadOrCreateCommitteeKey(join(home, 'lonely'), systemRandom);
    const chainId = 2_147_484_201;
    await client.register({
      chainId,
      owner: address,
      committee: [address],
      threshold: 1,
      configHash: `0x${'00'.repeat(32)}`,
    });
    const node = await openNode('lonely', chainId, {
      root: {
        rpcUrl: root.rpcUrl,
        chainId: 2_147_484_200,
        registry: client.registry,
        checkpointManager: client.checkpointManager,
        finality: 'embedded',
      },
    });
    await transfer(node);
    const { checkpoint, signature, hash } = await until('a proposal', async () => {
      return (await rpc(node, 'flotilla_checkpoint')).proposed ?? undefined;
    });
    expect(hash).toBe(checkpointHash(checkpoint));
    await client.submit(checkpoint, {
      bitmap: `0x${'1'.padStart(64, '0')}`,
      signatures: signature,
    });
    await until('finality', async () => {
      const { number } = await rpc(node, 'eth_getBlockByNumber', 'finalized', false);
      return Number(number) === checkpoint.lastBlock ? true : undefined;
    });
    const { anchored } = await until('the record', async () => {
      const state = await rpc(node, 'flotilla_checkpoint');
      return state.proposed === null ? state : undefined;
    });
    expect(anchored).toMatchObject({ index: 0, hash, lastBlock: checkpoint.lastBlock });
    const rootHead = await until('the root finalizes itself', async () => {
      const { number } = await rpc(root, 'eth_getBlockByNumber', 'finalized', false);
      return Number(number) === root.chain.head().number ? number : undefined;
    });
    expect(Number(rootHead)).toBe(2);
    client.close();
  }, 40_000);
});

describe('a node of a development chain', () => {
  const rich = `0x${'5c'.repeat(20)}`;
  const config = (name: string, profile: 'dev' | 'production') => ({
    chain: { chainId: 2_147_484_300, name, profile, alloc },
  });

  it('shows its other threads what was taken back or changed', async () => {
    const node = await openNode('bendable', 2_147_484_300);
    const block = () => rpc(node, 'eth_getBlockByNumber', '0x1', false);
    const id = await rpc(node, 'evm_snapshot');
    await rpc(node, 'evm_mine');
    const { hash } = await block();
    expect(await rpc(node, 'evm_revert', id)).toBe(true);
    expect(await block()).toBeNull();
    await rpc(node, 'evm_increaseTime', 10);
    await rpc(node, 'evm_mine');
    expect((await block()).hash).not.toBe(hash);
    await rpc(node, 'hardhat_setBalance', rich, '0x7');
    expect(await rpc(node, 'eth_getBalance', rich, 'latest')).toBe('0x7');
    expect(await rpc(node, 'eth_getBalance', rich, '0x0')).toBe('0x0');
    expect(await rpc(node, 'web3_clientVersion')).toBe('HardhatNetwork/test');
    expect((await rpc(node, 'flotilla_status')).tampered).toMatchObject({ by: 'evm_revert' });
    await closeNode(node);
  }, 20_000);

  it('opens again as it was left', async () => {
    const node = await openNode('bendable', 2_147_484_300);
    expect(await rpc(node, 'eth_getBalance', rich, 'latest')).toBe('0x7');
    expect(node.status().tampered).toMatchObject({ by: 'evm_revert', block: 1 });
    await rpc(node, 'evm_mine');
    expect(Number(await rpc(node, 'eth_blockNumber'))).toBe(2);
  }, 20_000);

  it('is no more than a node on a production chain', async () => {
    const node = await openNode('straight', 2_147_484_301, config('straight', 'production'));
    for (const name of [
      'evm_snapshot',
      'hardhat_mine',
      'anvil_setBalance',
      'eth_sendTransaction',
    ]) {
      await expect(rpc(node, name)).rejects.toMatchObject({ code: -32601 });
    }
    expect(await rpc(node, 'eth_accounts')).toEqual([]);
    expect(await rpc(node, 'web3_clientVersion')).toBe('test');
  }, 20_000);
});
