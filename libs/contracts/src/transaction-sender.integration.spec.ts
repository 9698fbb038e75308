import { ZERO_HASH } from '@flotilla/common';
import { jest } from '@jest/globals';
import { deployRoot } from './deploy.js';
import { RootErrorCode } from './errors.js';
import type { RootFinality } from './finality.js';
import { RootClient } from './root-client.js';
import { ANVIL_KEYS, type Anvil, startAnvil } from './testing/anvil.js';
import { members } from './testing/fixture.js';

// Other suites may have the machine, too.
jest.setTimeout(30_000);

let anvil: Anvil;
let nextChainId = 100;
const clients: RootClient[] = [];

async function connect(options: { finality?: RootFinality; stuckAfterMs?: number } = {}) {
  const { rpcUrl } = anvil;
  const client = await RootClient.connect({ rpcUrl, privateKey: ANVIL_KEYS[1], ...options });
  clients.push(client);
  return client;
}

function register(client: RootClient) {
  const committee = members(1).map(({ address }) => address);
  const chain = { chainId: nextChainId++, owner: client.address!, committee };
  return client.register({ ...chain, threshold: 1, configHash: ZERO_HASH });
}

const rpc = (method: string, ...params: unknown[]) => anvil.provider.send(method, params);
const pending = async () => Number((await rpc('txpool_status')).pending);

/** Polls a condition; the test's own timeout bounds it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

beforeEach(async () => {
  anvil = await startAnvil();
  await deployRoot(anvil);
}, 20_000);

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await anvil.stop();
});

describe('sending with one key', () => {
  it('gives every one of many calls a nonce of its own, also within one block', async () => {
    const client = await connect();
    await rpc('evm_setAutomine', false);
    const calls = Array.from({ length: 20 }, () => register(client));
    await until(async () => (await pending()) === 20);
    await rpc('evm_mine');
    const receipts = await Promise.all(calls);
    expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(20);
    expect(new Set(receipts.map(({ rootBlock }) => rootBlock.number)).size).toBe(1);
  });

  it('goes on after a call that was refused', async () => {
    const client = await connect();
    const outcomes = await Promise.allSettled([
      register(client),
      client.grantEpoch(99, 2),
      register(client),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: RootErrorCode.ChainUnknown } });
  });

  it('gets along with somebody else who uses the key', async () => {
    const [one, other] = [await connect(), await connect()];
    await rpc('evm_setAutomine', false);
    const calls = [register(one), register(other), register(one), register(other)];
    await until(async () => (await pending()) === 4);
    await rpc('evm_mine');
    expect(await Promise.all(calls)).toHaveLength(4);
  });

  it('raises the price of what is stuck', async () => {
    const client = await connect({ stuckAfterMs: 100 });
    await rpc('evm_setAutomine', false);
    const call = register(client);
    await until(async () => (await pending()) === 1);
    const price = async () => {
      const { pending: pool } = await rpc('txpool_content');
      const [transaction] = Object.values(Object.values(pool)[0] as object);
      return BigInt(transaction.maxFeePerGas);
    };
    const first = await price();
    await until(async () => (await price()) > first);
    await rpc('evm_mine');
    await call;
  });

  it('sends again what the node has lost, so that nothing behind it waits for ever', async () => {
    const client = await connect({ stuckAfterMs: 200 });
    await rpc('evm_setAutomine', false);
    const calls = [register(client), register(client)];
    await until(async () => (await pending()) === 2);
    await rpc('anvil_dropAllTransactions');
    await until(async () => (await pending()) === 2);
    await rpc('evm_mine');
    expect(await Promise.all(calls)).toHaveLength(2);
  });
});

describe('finality', () => {
  it('is there at once on the embedded root, and at depth 0', async () => {
    for (const finality of ['embedded', 'depth:0'] as const) {
      const client = await connect({ finality });
      await client.waitFinal(await register(client));
    }
  });

  it('comes with the depth', async () => {
    const client = await connect({ finality: 'depth:3' });
    const receipt = await register(client);
    let final = false;
    const waiting = client.waitFinal(receipt).then(() => {
      final = true;
    });
    await rpc('anvil_mine', '0x2');
    expect((await client.finalBlock()).number).toBe(receipt.rootBlock.number - 1);
    expect(final).toBe(false);
    await rpc('anvil_mine', '0x1');
    await waiting;
    expect((await client.finalBlock()).number).toBe(receipt.rootBlock.number);
  });

  it('comes with the tag of the root', async () => {
    const client = await connect({ finality: 'tag' });
    const receipt = await register(client);
    const waiting = client.waitFinal(receipt);
    await rpc('anvil_mine', '0x64');
    await waiting;
    expect((await client.finalBlock()).number).toBeGreaterThanOrEqual(receipt.rootBlock.number);
  });

  it('does not come for a block that was replaced', async () => {
    const client = await connect({ finality: 'depth:1' });
    const snapshot = await rpc('evm_snapshot');
    const receipt = await register(client);
    await rpc('evm_revert', snapshot);
    await rpc('evm_increaseTime', 100);
    await rpc('anvil_mine', '0x3');
    await expect(client.waitFinal(receipt)).rejects.toThrow(
      expect.objectContaining({ code: RootErrorCode.Reorganised, retryable: true }),
    );
  });
});
