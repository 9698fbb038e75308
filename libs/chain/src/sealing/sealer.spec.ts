import { silentLogger } from '@flotilla/common';
import {
  SimulatedClock,
  signAuthorization,
  signTransaction,
  TestChain,
  testAccount,
} from '@flotilla/testing';
import type { ChainConfig, SealingConfig } from '../config.js';
import { ChainErrorCode } from '../errors.js';
import type { DroppedTransaction } from '../events.js';
import { Sealer } from './sealer.js';

const alice = testAccount(0);
const bob = testAccount(1);

async function open(sealing: SealingConfig, config: Partial<ChainConfig> = {}) {
  const clock = new SimulatedClock();
  const test = await TestChain.open({ sealing, ...config }, { clock });
  const sealer = new Sealer(sealing, { chain: test.chain, clock, logger: silentLogger });
  const sizes: number[] = [];
  test.chain.events.on('block', ({ block }) => sizes.push(block.transactions.length));
  sealer.start();
  await clock.advance(0);
  return { clock, test, sealer, sizes };
}

describe('instant', () => {
  const sealing = { mode: 'instant', intervalMs: 1000 } as const;

  it('seals as soon as there is work, all of it in one block', async () => {
    const { clock, test, sizes } = await open(sealing);
    await clock.advance(10_000);
    expect(sizes).toEqual([]);
    await Promise.all([0, 1, 2].map((nonce) => test.send(alice, { nonce })));
    await clock.advance(0);
    expect(sizes).toEqual([3]);
    await test.send(bob, {});
    await clock.advance(0);
    expect(sizes).toEqual([3, 1]);
    await clock.advance(10_000);
    expect(sizes).toEqual([3, 1]);
  });

  it('makes as many blocks as the gas limit asks for', async () => {
    const { clock, test, sizes } = await open(sealing, { gasLimit: 50_000n });
    await Promise.all([0, 1, 2, 3, 4].map((nonce) => test.send(alice, { nonce })));
    await clock.advance(0);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('starts with what the journal brought back', async () => {
    const first = await TestChain.open({ sealing });
    await first.send(alice, {});
    const clock = new SimulatedClock();
    const second = await TestChain.open({ sealing }, { ...first, clock });
    new Sealer(sealing, { chain: second.chain, clock, logger: silentLogger }).start();
    await clock.advance(0);
    expect(second.chain.head().number).toBe(1);
  });

  it('lowers the base fee by empty blocks for those who wait for it, one an interval', async () => {
    const { clock, test, sizes } = await open(sealing, {
      fees: { mode: 'eip1559', gasPrice: 1000n },
    });
    const hash = await test.send(alice, { maxFeePerGas: 700n });
    await clock.advance(5_000);
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(1);
    expect(sizes.length).toBeLessThan(8);
    expect(sizes.at(-1)).toBe(1);
    expect(test.chain.receiptByHash(hash)).toBeDefined();
  });

  it('answers a send on a dev chain once its block is durable', async () => {
    const { clock, test } = await open(sealing, { profile: 'dev' });
    const raw = await signTransaction(alice, {});
    const sending = test.chain
      .submitTransaction(raw)
      .then((hash) => test.chain.receiptByHash(hash));
    await clock.advance(1);
    expect(await sending).toMatchObject({ status: 1, blockNumber: 1 });
  });

  it('answers a send on a dev chain at once when it waits behind a gap', async () => {
    const { test } = await open(sealing, { profile: 'dev' });
    await expect(test.send(alice, { nonce: 5 })).resolves.toMatch(/^0x/);
  });
});

describe('interval', () => {
  it('seals every interval, also without work', async () => {
    const { clock, test, sizes } = await open({ mode: 'interval', intervalMs: 1000 });
    await clock.advance(1000);
    await test.send(alice, {});
    await clock.advance(500);
    expect(sizes).toEqual([0]);
    await clock.advance(1500);
    expect(sizes).toEqual([0, 1, 0]);
  });
});

describe('lazy', () => {
  it('seals every interval in which there is work', async () => {
    const { clock, test, sizes } = await open({ mode: 'lazy', intervalMs: 1000 });
    await clock.advance(5000);
    expect(sizes).toEqual([]);
    await test.send(alice, {});
    expect(sizes).toEqual([]);
    await clock.advance(5000);
    expect(sizes).toEqual([1]);
  });
});

describe('another configuration', () => {
  it('holds from then on, and the same one again changes nothing', async () => {
    const { clock, test, sealer, sizes } = await open({ mode: 'interval', intervalMs: 1000 });
    await clock.advance(1000);
    expect(sizes).toEqual([0]);
    sealer.configure({ mode: 'interval', intervalMs: 200 });
    await clock.advance(600);
    expect(sizes).toEqual([0, 0, 0, 0]);
    sealer.configure({ mode: 'instant', intervalMs: 200 });
    await clock.advance(600);
    await test.send(alice, {});
    await clock.advance(0);
    expect(sizes).toEqual([0, 0, 0, 0, 1]);
    sealer.setAutomine(false);
    sealer.configure({ mode: 'instant', intervalMs: 200 });
    expect(sealer.automine).toBe(false);
  });
});

describe('controls', () => {
  const sealing = { mode: 'instant', intervalMs: 1000 } as const;

  it('hold blocks back while automine is off, and mine what waits once it is on', async () => {
    const { clock, test, sealer, sizes } = await open(sealing, { profile: 'dev' });
    sealer.setAutomine(false);
    expect(sealer.automine).toBe(false);
    // Answered without a block: nobody would make one.
    await test.send(alice, {});
    await clock.advance(5_000);
    expect(sizes).toEqual([]);
    sealer.setAutomine(true);
    await clock.advance(0);
    expect(sizes).toEqual([1]);
  });

  it('make blocks by the clock beside automine, until that ends', async () => {
    const { clock, test, sealer, sizes } = await open(sealing);
    sealer.setInterval(200);
    await clock.advance(450);
    expect(sizes).toEqual([0, 0]);
    await test.send(alice, {});
    await clock.advance(0);
    expect(sizes).toEqual([0, 0, 1]);
    await clock.advance(150);
    expect(sizes).toEqual([0, 0, 1, 0]);
    sealer.setInterval(0);
    await clock.advance(5_000);
    expect(sizes).toEqual([0, 0, 1, 0]);
  });

  it('turn a chain of intervals into one that seals at once', async () => {
    const { clock, test, sealer, sizes } = await open({ mode: 'interval', intervalMs: 1000 });
    sealer.setInterval(0);
    sealer.setAutomine(true);
    await clock.advance(3_000);
    expect(sizes).toEqual([]);
    await test.send(alice, {});
    await clock.advance(0);
    expect(sizes).toEqual([1]);
  });
});

describe('trouble', () => {
  it('with one transaction drops it with a reason, and mines the rest', async () => {
    const sealing = { mode: 'lazy', intervalMs: 1000 } as const;
    const spender = testAccount(90).address;
    // Sends all it has to the zero address.
    const alloc = { [spender]: { balance: 0n, code: '0x5f5f5f5f475f5af100' } } as const;
    const { clock, test, sizes } = await open(sealing, { alloc });
    await test.send(bob, {
      type: 4,
      gas: 100_000n,
      authorizationList: [await signAuthorization(alice, { address: spender, nonce: 0 })],
    });
    await clock.advance(1000);
    const dropped: DroppedTransaction[] = [];
    test.chain.events.on('droppedTransaction', (drop) => dropped.push(drop));
    const unpayable = await test.send(alice, { nonce: 1, to: bob.address, value: 5n });
    await test.send(bob, {
      nonce: 1,
      to: alice.address,
      gas: 100_000n,
      maxFeePerGas: 1n,
      maxPriorityFeePerGas: 1n,
    });
    await test.send(testAccount(2), {});
    await clock.advance(1000);
    expect(sizes).toEqual([1, 2]);
    expect(dropped).toEqual([
      { hash: unpayable, code: ChainErrorCode.InsufficientFunds, reason: expect.any(String) },
    ]);
    expect(test.chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
  });

  it('with the chain is tried again after a second', async () => {
    const clock = new SimulatedClock();
    let attempts = 0;
    const test = await TestChain.open({}, { clock });
    const chain = {
      events: test.chain.events,
      pendingWork: () => 'ready' as const,
      sealBlock: async () => {
        attempts++;
        throw Object.assign(new Error('no'), { code: ChainErrorCode.Closed });
      },
    };
    const sealing = { mode: 'instant', intervalMs: 1000 } as const;
    const sealer = new Sealer(sealing, { chain, clock, logger: silentLogger });
    sealer.start();
    await clock.advance(2500);
    expect(attempts).toBe(3);
    await sealer.stop();
    await clock.advance(5000);
    expect(attempts).toBe(3);
  });
});

it('leaves the slots where they are when a block is late, and makes up for none', async () => {
  const clock = new SimulatedClock();
  const test = await TestChain.open({}, { clock });
  const begun = clock.now();
  const starts: number[] = [];
  const chain = {
    events: test.chain.events,
    pendingWork: () => 'none' as const,
    sealBlock: async () => {
      starts.push(clock.now() - begun);
      const takes = { 1: 1_300, 4: 2_500 }[starts.length] ?? 10;
      await new Promise<void>((resolve) => void clock.after(takes, resolve));
      return undefined;
    },
  };
  const sealing = { mode: 'interval', intervalMs: 1000 } as const;
  const sealer = new Sealer(sealing, { chain, clock, logger: silentLogger });
  sealer.start();
  await clock.advance(9_500);
  expect(starts).toEqual([1_000, 2_300, 3_000, 4_000, 6_500, 7_000, 8_000, 9_000]);
  const stopped = sealer.stop();
  await clock.advance(0);
  await stopped;
});
