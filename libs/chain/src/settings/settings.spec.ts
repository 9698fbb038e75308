import { type Address, armFailpoint, bytesToHex, type Hash, type Hex } from '@flotilla/common';
import {
  MemoryJournal,
  SimulatedClock,
  signTransaction,
  TestChain,
  testAccount,
} from '@flotilla/testing';
import type { ChainConfig } from '../config.js';
import { ChainErrorCode } from '../errors.js';
import { dynamicBaseFee } from '../fees/base-fee.js';
import type { TransactionJournal } from '../journal.js';
import { TransactionBatch } from '../transaction/transaction-batch.js';
import type { SettingsInput } from './chain-settings.js';

const GWEI = 10n ** 9n;
const alice = testAccount(0);
const bob = testAccount(1);

const FREE: SettingsInput = { fees: { mode: 'free' } };
const FIXED: SettingsInput = { fees: { mode: 'fixed', gasPrice: 5n * GWEI } };
const MARKET: SettingsInput = { fees: { mode: 'eip1559', gasPrice: 3n * GWEI } };

async function open(config: Partial<ChainConfig> = {}) {
  const test = await TestChain.open({ genesisTimestamp: 5, ...config });
  let generation = 0;
  return Object.assign(test, {
    change: (settings: SettingsInput) => test.chain.changeSettings(settings, ++generation),
    baseFees: () =>
      Array.from(
        { length: test.chain.head().number + 1 },
        (_, n) => test.chain.headerByNumber(n)!.baseFeePerGas,
      ),
  });
}

describe('changing settings', () => {
  it('takes effect at the next block, which is there at once', async () => {
    const test = await open();
    await test.seal();
    const changed = await test.change({ ...FIXED, gasLimit: 6_000_000n });
    expect(changed).toMatchObject({ fromBlock: 2, generation: 1 });
    expect(test.chain.head()).toMatchObject({
      number: 2,
      baseFeePerGas: 5n * GWEI,
      gasLimit: 6_000_000n,
    });
    expect(test.chain.headerByNumber(1)).toMatchObject({
      baseFeePerGas: 0n,
      gasLimit: 30_000_000n,
    });
    expect(test.chain.settingsUpTo(9, 9).map(({ fromBlock }) => fromBlock)).toEqual([0, 2]);
    expect(test.chain.settingsAt(1).settings.fees.mode).toBe('free');
    expect(test.chain.settingsAt(2).settings.fees).toEqual(FIXED.fees);
  });

  it('is idempotent by generation, ignores what was overtaken, and makes no block without a change', async () => {
    const test = await open();
    const change = async (settings: SettingsInput, asked: number) => {
      const { fromBlock, generation } = await test.chain.changeSettings(settings, asked);
      return [fromBlock, generation];
    };
    expect(await change(FIXED, 4)).toEqual([1, 4]);
    expect(await change(FIXED, 4)).toEqual([1, 4]);
    expect(await change(FREE, 3)).toEqual([1, 4]);
    expect(await change(FIXED, 7)).toEqual([1, 7]);
    expect(await change(FREE, 6)).toEqual([1, 7]);
    expect(test.chain.head().number).toBe(1);
  });

  it.each<[string, SettingsInput]>([
    ['a negative price', { fees: { mode: 'fixed', gasPrice: -1n } }],
    ['a gas limit too low for any transaction', { gasLimit: 4_999n }],
  ])('refuses %s', async (_name, settings) => {
    const test = await open();
    await expect(test.change(settings)).rejects.toMatchObject({
      code: ChainErrorCode.InvalidConfig,
    });
    expect(test.chain.head().number).toBe(0);
  });

  it('survives a restart, whatever the configuration says', async () => {
    const test = await open();
    await test.change(FIXED);
    const record = test.chain.settingsAt(1);
    await test.chain.close();
    const reopened = await TestChain.open(
      { genesisTimestamp: 5, fees: { mode: 'eip1559' }, gasLimit: 7_000_000n },
      { store: test.store, journal: test.journal },
    );
    expect(reopened.chain.settingsAt(1)).toMatchObject({ ...record });
    expect((await reopened.seal()).block.header).toMatchObject({
      baseFeePerGas: 5n * GWEI,
      gasLimit: 30_000_000n,
    });
  });

  it('says when blocks are to be made, also after a restart', async () => {
    const sealing = { mode: 'interval', intervalMs: 1000 } as const;
    const test = await open({ sealing });
    expect(test.chain.sealing).toEqual(sealing);
    const told: unknown[] = [];
    test.chain.events.on('sealing', (now) => told.push(now));
    const quicker = { mode: 'lazy', intervalMs: 200 } as const;
    expect((await test.change({ ...FREE, sealing: quicker })).fromBlock).toBe(1);
    expect(told).toEqual([quicker]);
    await test.chain.close();
    const { store, journal } = test;
    const reopened = await TestChain.open({ genesisTimestamp: 5, sealing }, { store, journal });
    expect(reopened.chain.sealing).toEqual(quicker);
  });

  it('is brought to its end by repeating it when the process died between the record and its block', async () => {
    const test = await open();
    const disarm = armFailpoint('chain.settings-durable', () => {
      throw new RangeError('killed');
    });
    await expect(test.change(FIXED)).rejects.toThrow('killed');
    disarm();
    const { store, journal } = test;
    const again = await TestChain.open({ genesisTimestamp: 5 }, { store, journal });
    expect(again.chain.head().number).toBe(0);
    expect(again.chain.gasPrice()).toBe(5n * GWEI);
    expect(await again.chain.changeSettings(FIXED, 1)).toMatchObject({ fromBlock: 1 });
    expect(again.chain.head()).toMatchObject({ number: 1, baseFeePerGas: 5n * GWEI });
  });

  it('keeps its record of more changes than it holds in memory', async () => {
    const test = await open();
    for (let i = 1; i <= 40; i++) {
      await test.change({ fees: { mode: 'fixed', gasPrice: BigInt(i) } });
    }
    expect(test.baseFees()).toEqual(Array.from({ length: 41 }, (_, i) => BigInt(i)));
    for (const number of [0, 1, 20, 40, 41]) {
      const { gasPrice = 0n } = test.chain.settingsAt(number).settings.fees;
      expect(gasPrice).toBe(BigInt(Math.min(number, 40)));
    }
    expect(test.chain.settingsUpTo(30, 3).map(({ fromBlock }) => fromBlock)).toEqual([28, 29, 30]);
  });

  it('shows in the configuration hash of the blocks from then on, but a new token does not', async () => {
    const test = await open();
    await test.change({ token: { name: 'Shop', symbol: 'SHOP', decimals: 18 } });
    expect(test.chain.configHashAt(1)).toBe(test.chain.configHashAt(0));
    await test.change({ allow: { deployers: [] } });
    expect(test.chain.configHashAt(2)).not.toBe(test.chain.configHashAt(1));
    await test.change({});
    expect(test.chain.configHashAt(3)).toBe(test.chain.configHashAt(0));
  });
});

describe('the base fee', () => {
  it('starts afresh with each change of the fees and follows EIP-1559 in between', async () => {
    const test = await open(FREE);
    const after = (number: number) => dynamicBaseFee(test.chain.headerByNumber(number)!);
    await test.change(MARKET);
    await test.seal();
    await test.change({ ...MARKET, gasLimit: 8_000_000n });
    await test.change({ fees: { mode: 'eip1559', gasPrice: 9n * GWEI } });
    await test.change(FIXED);
    await test.change(MARKET);
    await test.change(FREE);
    expect(test.baseFees()).toEqual([
      0n,
      3n * GWEI,
      after(1),
      after(2),
      9n * GWEI,
      5n * GWEI,
      3n * GWEI,
      0n,
    ]);
  });

  it('is told by the fee history as it was and as it will be', async () => {
    const test = await open(FREE);
    await test.change(MARKET);
    await test.change(FIXED);
    await test.seal();
    const told = (newest: number) => test.chain.feeHistory(2, newest).baseFeePerGas;
    expect([told(0), told(1), told(2), told(3)]).toEqual([
      [0n, 3n * GWEI],
      [0n, 3n * GWEI, 5n * GWEI],
      [3n * GWEI, 5n * GWEI, 5n * GWEI],
      [5n * GWEI, 5n * GWEI, 5n * GWEI],
    ]);
  });

  it.each([
    ['free', FREE, [0n, 0n]],
    ['fixed', FIXED, [5n * GWEI, 0n]],
    ['eip1559', MARKET, [(3n * GWEI * 875n) / 1000n + GWEI, GWEI]],
  ] as const)(
    '%s: tells wallets what is accepted and mined',
    async (_mode, settings, [price, tip]) => {
      const test = await open(_mode === 'free' ? FIXED : FREE);
      await test.change(settings);
      expect([test.chain.gasPrice(), test.chain.maxPriorityFeePerGas()]).toEqual([price, tip]);
      const request = { from: alice.address, to: bob.address, gasPrice: price };
      const gas = test.chain.estimateGas(request, 'latest');
      const receipt = await test.mine(alice, { type: 0, to: bob.address, gasPrice: price, gas });
      expect(receipt).toMatchObject({ status: 1, effectiveGasPrice: price });
    },
  );
});

describe('a pooled transaction', () => {
  it('outlives a higher price and a restart, waits without empty blocks, and is mined when the price falls', async () => {
    const test = await open(FREE);
    const hash = await test.send(alice, {});
    const blocked = await open(FIXED);
    expect(blocked.chain.pendingWork()).toBe('none');
    await test.chain.changeSettings(FIXED, 1);
    expect(test.chain.receiptByHash(hash)).toBeUndefined();
    expect([test.chain.pendingWork(), test.chain.poolStatus().pending]).toEqual(['none', 1]);
    await expect(test.send(bob, {})).rejects.toMatchObject({ code: ChainErrorCode.Underpriced });
    await test.chain.close();

    const { store, journal } = test;
    const again = await TestChain.open({ genesisTimestamp: 5 }, { store, journal });
    expect(again.chain.poolStatus().pending).toBe(1);
    await again.chain.changeSettings(FREE, 2);
    expect(again.chain.receiptByHash(hash)?.blockNumber).toBe(2);
  });

  it('goes, with a reason, when no block may hold it any more', async () => {
    const test = await open(FREE);
    const dropped: unknown[] = [];
    test.chain.events.on('droppedTransaction', (drop) => dropped.push(drop));
    // Nonces ahead of the state: none of them can be mined meanwhile.
    const big = await test.send(alice, { nonce: 1, gas: 7_000_000n });
    const creation = await test.send(alice, { nonce: 2, to: null, data: '0x', gas: 100_000n });
    const foreign = await test.send(bob, { nonce: 1 });
    const kept = await test.send(alice, { nonce: 3 });
    await test.change({
      gasLimit: 6_000_000n,
      allow: { senders: [alice.address], deployers: [] },
    });
    expect(dropped).toEqual([
      expect.objectContaining({ hash: big, code: ChainErrorCode.ExceedsBlockGasLimit }),
      expect.objectContaining({ hash: creation, code: ChainErrorCode.DeployerNotAllowed }),
      expect.objectContaining({ hash: foreign, code: ChainErrorCode.SenderNotAllowed }),
    ]);
    expect(test.chain.transactionByHash(kept)).toBeDefined();
  });

  it('that a change took out stays out, also after a restart under other settings', async () => {
    const test = await open(FREE);
    const foreign = await test.send(bob, { nonce: 1 });
    const kept = await test.send(alice, { nonce: 1 });
    const journaled: unknown[] = [];
    test.chain.events.on('droppedTransaction', () => journaled.push(pooledIn(test.journal)));
    await test.change({ allow: { senders: [alice.address] } });
    // Before anybody is told that it is gone.
    expect(journaled).toEqual([[kept]]);
    await test.change({});
    await test.chain.close();

    const again = await TestChain.open({ genesisTimestamp: 5 }, test);
    expect(again.chain.transactionByHash(foreign)).toBeUndefined();
    expect(again.chain.transactionByHash(kept)).toBeDefined();
  });

  it('is out for good, too, when it was being journaled while a change took it out', async () => {
    const journal = new MemoryJournal();
    const test = await TestChain.open({ genesisTimestamp: 5 }, { journal });
    let written = () => {};
    journal.gate = new Promise((resolve) => {
      written = resolve;
    });
    const raw = await signTransaction(bob, { nonce: 1 });
    const sent = test.chain.submitTransaction(raw);
    const changed = test.chain.changeSettings({ allow: { senders: [alice.address] } }, 1);
    await new Promise((resolve) => setImmediate(resolve));
    written();
    await Promise.all([sent, changed]);
    expect(pooledIn(journal)).toEqual([]);
  });

  it('is taken out by the restart when the process died before the change did', async () => {
    const test = await open(FREE);
    const foreign = await test.send(bob, { nonce: 1 });
    const disarm = armFailpoint('chain.settings-durable', () => {
      throw new RangeError('killed');
    });
    await expect(test.change({ allow: { senders: [alice.address] } })).rejects.toThrow('killed');
    disarm();
    const again = await TestChain.open({ genesisTimestamp: 5 }, test);
    expect(again.chain.transactionByHash(foreign)).toBeUndefined();
    await again.chain.changeSettings({}, 2);
    const { store, journal } = test;
    const last = await TestChain.open({ genesisTimestamp: 5 }, { store, journal });
    expect(last.chain.transactionByHash(foreign)).toBeUndefined();
  });

  it('is not told as gone when the journal could not be rewritten, which is fatal', async () => {
    const journal = new MemoryJournal();
    const fatal: unknown[] = [];
    const onFatal = (error: unknown) => fatal.push(error);
    const test = await TestChain.open({ genesisTimestamp: 5 }, { journal, onFatal });
    await test.send(bob, { nonce: 1 });
    const dropped: unknown[] = [];
    test.chain.events.on('droppedTransaction', (drop) => dropped.push(drop));
    journal.prune = () => Promise.reject(new RangeError('EIO'));
    const change = test.chain.changeSettings({ allow: { senders: [] } }, 1);
    await expect(change).rejects.toThrow('EIO');
    expect([fatal.length, dropped.length]).toEqual([1, 0]);
  });
});

function pooledIn(journal: TransactionJournal): Hash[] {
  return [...journal.replay()].flatMap((record) =>
    Array.from(new TransactionBatch(record), ({ hash }) => hash),
  );
}

describe('allowlists', () => {
  /** Runtime code: CREATE of nothing, its result returned. */
  const FACTORY_INIT = '0x695f5f5ff05f5260205ff35f52600a6016f3';
  const ZERO_WORD = `0x${'00'.repeat(32)}`;

  /** The same, except that it reverts when nothing was created, as Solidity's `new` does. */
  const STRICT_FACTORY_INIT = '0x715f5f5ff080600b575f5ffd5b5f5260205ff35f526012600ef3';

  async function withFactory(data: Hex) {
    const test = await open();
    const { contractAddress } = await test.mine(alice, { to: null, data, gas: 200_000n });
    return { test, factory: contractAddress as Address };
  }

  it('refuse who is not on them, in the pool and in estimates', async () => {
    const test = await open();
    await test.change({ allow: { senders: [alice.address], deployers: [bob.address] } });
    const creation = { to: null, data: '0x00', gas: 100_000n } as const;
    const { SenderNotAllowed, DeployerNotAllowed } = ChainErrorCode;
    await expect(test.send(bob, {})).rejects.toMatchObject({ code: SenderNotAllowed });
    await expect(test.send(alice, creation)).rejects.toMatchObject({ code: DeployerNotAllowed });
    await expect(test.mine(alice, {})).resolves.toMatchObject({ status: 1 });
    const estimate = (from: Address, to?: Address) => () =>
      test.chain.estimateGas({ from, to, data: Uint8Array.of(0) }, 'latest');
    const failing = (code: string) => expect.objectContaining({ code });
    expect(estimate(bob.address, alice.address)).toThrow(failing(SenderNotAllowed));
    expect(estimate(alice.address)).toThrow(failing(DeployerNotAllowed));
    const create = { from: alice.address, data: Uint8Array.of(0) };
    expect(() => test.chain.call(create, 'latest')).toThrow(failing(DeployerNotAllowed));
    // Reading is nobody's privilege.
    test.chain.call({ from: bob.address, to: alice.address }, 'latest');
  });

  it('take addresses in any case, and twice', async () => {
    const test = await open();
    const upper = `0x${alice.address.slice(2).toUpperCase()}` as Address;
    await test.change({ allow: { senders: [upper, alice.address] } });
    expect(test.chain.settingsAt(1).settings.allow.senders).toEqual([alice.address]);
    await test.mine(alice, {});
  });

  it('make CREATE push 0 for a transaction of another origin, in blocks and calls', async () => {
    const { test, factory } = await withFactory(FACTORY_INIT);
    await test.change({ allow: { deployers: [alice.address] } });
    const output = (from: Address) =>
      bytesToHex(test.chain.call({ from, to: factory }, 'latest').output);
    expect(output(alice.address)).not.toBe(ZERO_WORD);
    expect(output(bob.address)).toBe(ZERO_WORD);

    await test.mine(bob, { to: factory, gas: 100_000n });
    expect(test.chain.nonce(factory, 'latest')).toBe(1n);
    await test.mine(alice, { nonce: 1, to: factory, gas: 100_000n });
    expect(test.chain.nonce(factory, 'latest')).toBe(2n);
    // Everybody could before.
    const { output: before } = test.chain.call({ from: bob.address, to: factory }, 1);
    expect(bytesToHex(before)).not.toBe(ZERO_WORD);
  });

  it('show in estimates of what deploys within', async () => {
    const { test, factory } = await withFactory(STRICT_FACTORY_INIT);
    await test.change({ allow: { deployers: [alice.address] } });
    const estimate = (from: Address) => test.chain.estimateGas({ from, to: factory }, 'latest');
    expect(estimate(alice.address)).toBeGreaterThan(53_000n);
    expect(() => estimate(bob.address)).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionReverted }),
    );
  });

  it('let nobody through when empty', async () => {
    const test = await open({ allow: { senders: [] } });
    await expect(test.send(alice, {})).rejects.toMatchObject({
      code: ChainErrorCode.SenderNotAllowed,
    });
  });
});

describe('importing', () => {
  it('re-executes each block by the settings in force at it', async () => {
    const clock = new SimulatedClock();
    const config = { genesisTimestamp: 5 };
    const producer = await TestChain.open(config, { clock });
    const follower = await TestChain.open(config, { clock });
    const replay = async (number: number) =>
      follower.chain.importBlock(producer.chain.blockRlp(number)!);
    await producer.send(alice, {});
    await producer.seal();
    await replay(1);
    await producer.chain.changeSettings({ ...MARKET, allow: { senders: [bob.address] } }, 1);
    await expect(replay(2)).rejects.toMatchObject({ code: ChainErrorCode.InvalidBlock });
    await follower.chain.changeSettings({ ...MARKET, allow: { senders: [bob.address] } }, 1);
    expect(follower.chain.head()).toEqual(producer.chain.head());
    await producer.send(bob, { maxFeePerGas: 9n * GWEI });
    await producer.seal();
    await replay(3);
    expect(follower.chain.head()).toEqual(producer.chain.head());
  });

  it('refuses a block with a transaction of somebody who may not send', async () => {
    const producer = await TestChain.open({ genesisTimestamp: 5 });
    const follower = await TestChain.open({
      genesisTimestamp: 5,
      allow: { senders: [bob.address] },
    });
    await producer.send(alice, {});
    await producer.seal();
    await expect(follower.chain.importBlock(producer.chain.blockRlp(1)!)).rejects.toMatchObject({
      code: ChainErrorCode.InvalidBlock,
      cause: { code: ChainErrorCode.SenderNotAllowed },
    });
  });
});
