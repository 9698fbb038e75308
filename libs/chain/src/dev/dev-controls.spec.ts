import { type Address, hexToBytes, silentLogger } from '@flotilla/common';
import {
  MemoryJournal,
  MemoryStore,
  SimulatedClock,
  TEST_CHAIN_ID,
  TestChain,
  testAccount,
} from '@flotilla/testing';
import { auditChain } from '../audit/audit-chain.js';
import { type ChainConfig, ChainErrorCode, type DevControls, impersonate } from '../index.js';
import { SharedChainView } from '../shared-chain-view.js';

const ALICE = testAccount(0);
const BOB = testAccount(1);
const CONTRACT: Address = `0x${'c0'.repeat(20)}`;
const SECOND = 1000;
const YEAR = 365 * 24 * 3600;

const coded = (code: ChainErrorCode) => expect.objectContaining({ code });

class DevChain {
  readonly clock = new SimulatedClock();
  readonly store = new MemoryStore();
  readonly journal = new MemoryJournal();
  test!: TestChain;

  async open(config: Partial<ChainConfig> = {}): Promise<void> {
    this.test = await TestChain.open({ profile: 'dev', ...config }, this);
  }

  get chain() {
    return this.test.chain;
  }

  get dev(): DevControls {
    return this.chain.dev!;
  }

  get nowSeconds(): number {
    return Math.floor(this.clock.now() / SECOND);
  }

  setBalance(address: Address, value: bigint): Promise<void> {
    return this.dev.amend('hardhat_setBalance', address, (state) =>
      state.setBalance(address, value),
    );
  }
}

let node: DevChain;

beforeEach(async () => {
  node = new DevChain();
  await node.open();
});

const transfer = (nonce: number, value = 1n) =>
  node.test.mine(ALICE, { nonce, to: BOB.address, value });

it('is not there on a production chain', async () => {
  const { chain } = await TestChain.open({ profile: 'production' });
  expect(chain.dev).toBeUndefined();
});

describe('snapshots', () => {
  it('take state, blocks, receipts and totals back, and later snapshots with them', async () => {
    await transfer(0);
    const before = { head: node.chain.head(), totals: node.chain.totals() };
    const balance = node.chain.balance(BOB.address, 'latest');
    const first = await node.dev.snapshot();
    const { transactionHash } = await transfer(1);
    const second = await node.dev.snapshot();
    await transfer(2);

    expect(await node.dev.revert(first)).toBe(true);
    expect(node.chain.head()).toEqual(before.head);
    expect(node.chain.totals()).toEqual(before.totals);
    expect(node.chain.balance(BOB.address, 'latest')).toBe(balance);
    expect(node.chain.receiptByHash(transactionHash)).toBeUndefined();
    expect(node.chain.headerByNumber(2)).toBeUndefined();
    expect(await node.dev.revert(second)).toBe(false);
    expect(await node.dev.revert(first)).toBe(false);
    await transfer(1, 7n);
    expect(node.chain.balance(BOB.address, 'latest')).toBe(balance + 7n);
  });

  it('survive a revert to a later one', async () => {
    const first = await node.dev.snapshot();
    await transfer(0);
    const second = await node.dev.snapshot();
    await transfer(1);
    await node.dev.revert(second);
    expect(node.chain.head().number).toBe(1);
    await transfer(1, 5n);
    await node.dev.revert(first);
    expect(node.chain.head().number).toBe(0);
    expect(node.chain.nonce(ALICE.address, 'latest')).toBe(0n);
  });

  it('give the pool back what it held, and nothing that came later, also after a restart', async () => {
    const kept = await node.test.send(ALICE, { nonce: 0, to: BOB.address });
    const id = await node.dev.snapshot();
    await node.test.send(ALICE, { nonce: 1, to: BOB.address });
    await node.test.seal();
    await node.test.send(ALICE, { nonce: 2, to: BOB.address });
    const dropped: string[] = [];
    node.chain.events.on('droppedTransaction', ({ hash }) => dropped.push(hash));
    await node.dev.revert(id);
    const pooled = () => [...(node.chain.poolContent().pending.get(ALICE.address) ?? [])];
    expect(pooled().map((tx) => tx.hash)).toEqual([kept]);
    expect(dropped).toHaveLength(1);
    await node.open();
    expect(pooled().map((tx) => tx.hash)).toEqual([kept]);
  });

  it('leave no tag beyond the head', async () => {
    const id = await node.dev.snapshot();
    await transfer(0);
    const { number, hash } = node.chain.head();
    await node.chain.markFinalized(number, hash);
    await node.dev.revert(id);
    expect(node.chain.resolveTag('safe').number).toBe(0);
    expect(node.chain.resolveTag('finalized').number).toBe(0);
  });

  it('bend nothing unless blocks are taken back', async () => {
    await node.dev.revert(await node.dev.snapshot());
    expect(node.dev.tampering).toBeUndefined();
    const id = await node.dev.snapshot();
    await transfer(0);
    await node.dev.revert(id);
    expect(node.dev.tampering).toMatchObject({ by: 'evm_revert', block: 1 });
  });
});

describe('amendments', () => {
  it('change the newest state at once, and leave earlier ones alone', async () => {
    await transfer(0);
    await transfer(1);
    await node.setBalance(CONTRACT, 5n);
    expect(node.chain.balance(CONTRACT, 'latest')).toBe(5n);
    expect(node.chain.balance(CONTRACT, 1)).toBe(0n);
    await node.dev.amend('hardhat_setNonce', ALICE.address, (state) =>
      state.setNonce(ALICE.address, 9n),
    );
    await transfer(9);
    expect(node.chain.nonce(ALICE.address, 2)).toBe(9n);
    expect(node.chain.nonce(ALICE.address, 1)).toBe(1n);
    expect(node.chain.head().number).toBe(3);
  });

  it('mark the chain, also across a restart', async () => {
    await transfer(0);
    const marks: unknown[] = [];
    node.chain.events.on('tampered', (mark) => marks.push(mark));
    await node.setBalance(CONTRACT, 5n);
    await node.setBalance(CONTRACT, 6n);
    const mark = { by: 'hardhat_setBalance', block: 1, at: node.clock.now() };
    expect(marks).toEqual([mark]);
    await node.open();
    expect(node.dev.tampering).toEqual(mark);
    expect(node.chain.balance(CONTRACT, 'latest')).toBe(6n);
    await transfer(1);
  });

  it('go back with a snapshot; the mark stays', async () => {
    const id = await node.dev.snapshot();
    await node.setBalance(CONTRACT, 5n);
    await node.dev.revert(id);
    expect(node.chain.balance(CONTRACT, 'latest')).toBe(0n);
    await node.open();
    expect(node.dev.tampering).toMatchObject({ by: 'hardhat_setBalance' });
  });

  it('take what waits in the pool along', async () => {
    await node.test.send(ALICE, { nonce: 3, to: BOB.address });
    expect(node.chain.poolStatus()).toEqual({ pending: 0, queued: 1 });
    await node.dev.amend('hardhat_setNonce', ALICE.address, (state) =>
      state.setNonce(ALICE.address, 3n),
    );
    expect(node.chain.poolStatus()).toEqual({ pending: 1, queued: 0 });
  });
});

describe('reset', () => {
  it('leads back to the same genesis, from which everything goes on', async () => {
    const genesis = node.chain.head();
    await node.test.send(ALICE, { nonce: 0, to: BOB.address, value: 9n });
    await node.test.seal();
    await node.test.send(ALICE, { nonce: 1, to: BOB.address });
    await node.chain.setEpoch(3);
    await node.dev.reset();
    expect(node.chain.head()).toEqual(genesis);
    expect(node.chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
    expect(node.chain.totals().transactions).toBe(0);
    expect(node.chain.epoch).toBe(3);
    await transfer(0);
    await node.open();
    expect(node.chain.head().number).toBe(1);
    expect(node.chain.epoch).toBe(3);
    expect(node.dev.tampering).toMatchObject({ by: 'hardhat_reset' });
  });

  it('keeps the settings: they are in force from the first block on', async () => {
    const fees = { mode: 'fixed', gasPrice: 5n } as const;
    await node.test.seal();
    await node.chain.changeSettings({ fees }, 1);
    await node.dev.reset();
    expect(node.chain.gasPrice()).toBe(5n);
    await node.test.seal();
    await node.open();
    expect(node.chain.head()).toMatchObject({ number: 1, baseFeePerGas: 5n });
    expect(node.chain.settingsUpTo(9, 9)).toHaveLength(2);
  });
});

describe('the clock', () => {
  it('moves on by what is asked, and keeps going from there', async () => {
    expect(await node.dev.increaseTime(100)).toBe(100);
    expect(await node.dev.increaseTime(YEAR)).toBe(YEAR + 100);
    const { block } = await node.test.seal();
    expect(block.header.timestamp).toBe(node.nowSeconds + YEAR + 100);
    node.clock.advance(5 * SECOND);
    await node.open();
    const next = await node.test.seal();
    expect(next.block.header.timestamp).toBe(node.nowSeconds + YEAR + 100);
  });

  it('gives no two blocks one timestamp once it was touched', async () => {
    await node.test.seal();
    const untouched = await node.test.seal();
    expect(untouched.block.header.timestamp).toBe(node.nowSeconds);
    await node.dev.increaseTime(0);
    for (let i = 1; i <= 3; i++) {
      expect((await node.test.seal()).block.header.timestamp).toBe(node.nowSeconds + i);
    }
    expect(node.dev.tampering).toBeUndefined();
  });

  it('can be set for the next block alone', async () => {
    const timestamp = node.nowSeconds + YEAR;
    await node.dev.setNextTimestamp(timestamp);
    expect((await node.test.seal()).block.header.timestamp).toBe(timestamp);
    node.clock.advance(7 * SECOND);
    expect((await node.test.seal()).block.header.timestamp).toBe(timestamp + 7);
    await expect(node.dev.setNextTimestamp(timestamp)).rejects.toEqual(
      coded(ChainErrorCode.InvalidTimestamp),
    );
  });

  it('can be replaced by a spacing of blocks', async () => {
    await node.dev.setSpacing(10);
    const first = await node.test.seal();
    const second = await node.test.seal();
    expect(second.block.header.timestamp - first.block.header.timestamp).toBe(10);
    await node.dev.setSpacing(undefined);
    const third = await node.test.seal();
    expect(third.block.header.timestamp - second.block.header.timestamp).toBe(1);
  });

  it('is known to estimates before the block is made', async () => {
    // Reverts unless TIMESTAMP is at least the deadline.
    const deadline = node.nowSeconds + YEAR;
    await node.dev.amend('hardhat_setCode', CONTRACT, (state) =>
      state.setCode(CONTRACT, hexToBytes(gate(deadline))),
    );
    const request = { from: ALICE.address, to: CONTRACT };
    expect(() => node.chain.estimateGas(request, 'latest')).toThrow(
      coded(ChainErrorCode.ExecutionReverted),
    );
    await node.dev.setNextTimestamp(deadline);
    expect(node.chain.estimateGas(request, 'latest')).toBeGreaterThan(21_000n);
  });

  it('goes back with a snapshot as if no time had passed', async () => {
    await node.dev.increaseTime(50);
    const id = await node.dev.snapshot();
    const then = node.nowSeconds;
    await node.dev.increaseTime(YEAR);
    node.clock.advance(30 * SECOND);
    await node.dev.revert(id);
    expect((await node.test.seal()).block.header.timestamp).toBe(then + 50);
  });

  it('bends once it leads by more than importers accept', async () => {
    await node.dev.increaseTime(15);
    expect(node.dev.tampering).toBeUndefined();
    await node.dev.increaseTime(1);
    expect(node.dev.tampering).toMatchObject({ by: 'a clock ahead of time' });
  });
});

/** PUSH4 deadline, TIMESTAMP < deadline ? revert : stop. */
function gate(deadline: number): `0x${string}` {
  const word = deadline.toString(16).padStart(8, '0');
  return `0x63${word}421015600e575f5ffd5b00`;
}

describe('mining', () => {
  it('makes many blocks at once, the first with what waits', async () => {
    await node.test.send(ALICE, { nonce: 0, to: BOB.address });
    const seen: number[] = [];
    node.chain.events.on('block', ({ block }) => seen.push(block.header.number));
    await node.dev.mine({ blocks: 200 });
    expect(node.chain.head().number).toBe(200);
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(node.chain.blockByNumber(1)?.transactions).toHaveLength(1);
    expect(node.chain.totals().transactions).toBe(1);
    expect(node.dev.tampering).toBeUndefined();
    await node.open();
    for (let number = 1; number <= 200; number++) {
      const header = node.chain.headerByNumber(number)!;
      expect(header.parentHash).toBe(node.chain.headerByNumber(number - 1)!.hash);
    }
  });

  it('spaces blocks as asked', async () => {
    await node.dev.mine({ blocks: 3, spacing: 60 });
    const times = [1, 2, 3].map((number) => node.chain.headerByNumber(number)!.timestamp);
    expect(times.map((time) => time - times[0])).toEqual([0, 60, 120]);
    expect((await node.test.seal()).block.header.timestamp).toBe(times[2] + 1);
  });

  it('takes a timestamp', async () => {
    await node.dev.mine({ blocks: 1, timestamp: node.nowSeconds + 5 });
    expect(node.chain.head().timestamp).toBe(node.nowSeconds + 5);
  });

  it('takes coinbase, base fee and randomness of the next block', async () => {
    const prevRandao = `0x${'77'.repeat(32)}` as const;
    node.dev.setNextBlock({ coinbase: BOB.address, baseFee: 12n, prevRandao });
    expect(node.chain.gasPrice()).toBe(12n);
    const { block } = await node.test.seal();
    expect(block.header).toMatchObject({
      coinbase: BOB.address,
      baseFeePerGas: 12n,
      mixHash: prevRandao,
    });
    const next = await node.test.seal();
    expect(next.block.header).toMatchObject({ coinbase: BOB.address, baseFeePerGas: 0n });
    expect(node.dev.tampering).toMatchObject({ by: 'a block with a header set by hand' });
  });
});

describe('the gas limit', () => {
  const limits = () => [0, 1, 2].map((number) => node.chain.headerByNumber(number)?.gasLimit);

  it('is of the next blocks, also after a restart and a step back', async () => {
    const snapshot = await node.dev.snapshot();
    await node.dev.setGasLimit(60_000_000n);
    expect(node.chain.head().number).toBe(0);
    expect(node.dev.tampering).toMatchObject({ by: 'evm_setBlockGasLimit' });
    await node.test.send(ALICE, { nonce: 0, to: BOB.address });
    await node.test.seal();
    await node.dev.revert(snapshot);
    await node.test.seal();
    await node.open();
    await node.test.seal();
    expect(limits()).toEqual([30_000_000n, 60_000_000n, 60_000_000n]);
    const problems: string[] = [];
    auditChain(node.store, { progress: () => {}, problem: (text) => problems.push(text) });
    expect(problems).toEqual([]);
  });

  it('is what the pool and views in other threads go by, each time it is set', async () => {
    const view = SharedChainView.open(node.chain.config, {
      store: node.store,
      clock: node.clock,
      logger: silentLogger,
    });
    const pay = (nonce: number) =>
      node.test.send(ALICE, { nonce, to: BOB.address, gas: 1_000_000n });
    await node.dev.setGasLimit(900_000n);
    view.refresh();
    expect(view.settingsAt(1).settings.gasLimit).toBe(900_000n);
    await expect(pay(0)).rejects.toEqual(coded(ChainErrorCode.ExceedsBlockGasLimit));
    await node.dev.setGasLimit(1_000_000n);
    view.refresh();
    expect(view.settingsAt(1).settings.gasLimit).toBe(1_000_000n);
    await pay(0);
    await node.test.seal();
    expect(node.chain.head().gasUsed).toBe(21_000n);
  });

  it('is one that a transaction fits in, and gives way to settings of the chain', async () => {
    await expect(node.dev.setGasLimit(4_999n)).rejects.toEqual(coded(ChainErrorCode.InvalidConfig));
    await node.dev.setGasLimit(60_000_000n);
    await node.chain.changeSettings({ gasLimit: 40_000_000n }, 1);
    expect(node.chain.head().gasLimit).toBe(40_000_000n);
  });
});

describe('impersonated accounts', () => {
  const request = (nonce: bigint) => ({
    type: 2 as const,
    chainId: BigInt(TEST_CHAIN_ID),
    nonce,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    gasLimit: 21_000n,
    to: BOB.address,
    value: 3n,
    data: new Uint8Array(0),
    accessList: [],
    authorizationList: [],
  });

  it('send without a signature, contracts too, and are found again after a restart', async () => {
    await node.setBalance(CONTRACT, 10n);
    await node.dev.amend('hardhat_setCode', CONTRACT, (state) =>
      state.setCode(CONTRACT, Uint8Array.of(0)),
    );
    const hash = await node.chain.submitTransaction(impersonate(request(0n), CONTRACT));
    await node.open();
    await node.test.seal();
    expect(node.chain.receiptByHash(hash)).toMatchObject({ status: 1, from: CONTRACT });
    expect(node.chain.balance(CONTRACT, 'latest')).toBe(7n);
    await node.open();
    expect(node.chain.transactionByHash(hash)?.transaction.from).toBe(CONTRACT);
    const problems: string[] = [];
    auditChain(node.store, { progress: () => {}, problem: (text) => problems.push(text) });
    expect(problems).toEqual([]);
  });

  it('mark the chain with their first block', async () => {
    await node.chain.submitTransaction(impersonate(request(0n), ALICE.address));
    expect(node.dev.tampering).toBeUndefined();
    await node.test.seal();
    expect(node.dev.tampering?.by).toBe('a transaction of an impersonated account');
  });

  it('are refused over the wire and in blocks of others', async () => {
    const { raw } = impersonate(request(0n), ALICE.address);
    await expect(node.chain.submitTransaction(raw)).rejects.toEqual(
      coded(ChainErrorCode.InvalidSender),
    );
    await node.chain.submitTransaction(impersonate(request(0n), ALICE.address));
    const { rlp } = await node.test.seal();
    const other = await TestChain.open(
      { genesisTimestamp: node.chain.resolveTag('earliest').timestamp },
      { clock: node.clock },
    );
    await expect(other.chain.importBlock(rlp)).rejects.toEqual(coded(ChainErrorCode.InvalidBlock));
  });
});

it('has its past states audited until it is tampered with', async () => {
  const audited = () =>
    auditChain(node.store, { progress: () => {}, problem: () => {} }).pastStates;
  await transfer(0);
  expect(audited()).toBe(2);
  await node.setBalance(BOB.address, 1n);
  expect(audited()).toBeUndefined();
});

it('drops a transaction for good', async () => {
  const hash = await node.test.send(ALICE, { nonce: 0, to: BOB.address });
  expect(await node.dev.dropTransaction(hash)).toBe(true);
  expect(await node.dev.dropTransaction(hash)).toBe(false);
  await node.open();
  expect(node.chain.poolStatus().pending).toBe(0);
  expect(node.dev.tampering).toBeUndefined();
});

it('drops no transaction that is mined', async () => {
  const { transactionHash } = await transfer(0);
  await expect(node.dev.dropTransaction(transactionHash)).rejects.toEqual(
    coded(ChainErrorCode.AlreadyMined),
  );
});
