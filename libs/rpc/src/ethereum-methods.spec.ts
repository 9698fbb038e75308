import { bytesToHex, type Hex, silentLogger } from '@flotilla/common';
import { SimulatedClock, signTransaction, TestChain, testAccount } from '@flotilla/testing';
import { parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { RpcDispatcher } from './dispatcher.js';
import { methodTable } from './method.js';
import { RPC_DEFAULTS } from './rpc-server.js';
import type { Feed, RpcSession } from './session.js';
import { ethereumMethods } from './testing/ethereum-methods.js';

const alice = testAccount(0);
const bob = testAccount(1);
/** Emits one log with topic 0xaa and 32 bytes of data. */
const EMITTER: Hex = '0x6011600c60003960116000f3602a60005260aa60206000a160206000f3';

class Session implements RpcSession {
  readonly events = new Map<string, unknown[]>();
  readonly #stops = new Map<string, () => void>();

  subscribe(feed: Feed): string {
    const id = `0x${this.events.size + 1}`;
    const events: unknown[] = [];
    this.events.set(id, events);
    this.#stops.set(
      id,
      feed((text) => events.push(JSON.parse(text))),
    );
    return id;
  }

  unsubscribe(id: string): boolean {
    this.#stops.get(id)?.();
    return this.#stops.delete(id);
  }
}

async function setup() {
  const test = await TestChain.open({ fees: { mode: 'eip1559', gasPrice: 1000n } });
  const dispatcher = new RpcDispatcher(RPC_DEFAULTS, {
    methods: methodTable(
      ethereumMethods(
        { clientVersion: 'test' },
        { chain: test.chain, clock: new SimulatedClock() },
      ),
    ),
    logger: silentLogger,
  });
  const session = new Session();
  const ask = async (method: string, ...params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    return JSON.parse((await dispatcher.dispatch(body, { session })) ?? '');
  };
  const send = async (fields: Parameters<typeof signTransaction>[1], from = alice) =>
    ask(
      'eth_sendRawTransaction',
      bytesToHex(await signTransaction(from, { gasPrice: 2000n, type: 0, ...fields })),
    );
  return { test, session, ask, send };
}

describe('subscriptions', () => {
  it('follow heads, logs and pending transactions', async () => {
    const { test, session, ask, send } = await setup();
    const heads = (await ask('eth_subscribe', 'newHeads')).result;
    const all = (await ask('eth_subscribe', 'logs')).result;
    const other = (await ask('eth_subscribe', 'logs', { address: bob.address })).result;
    const pending = (await ask('eth_subscribe', 'newPendingTransactions')).result;
    const full = (await ask('eth_subscribe', 'newPendingTransactions', true)).result;
    await send({ to: null, data: EMITTER, gas: 200_000n });
    await test.seal();
    const { hash } = test.chain.head();
    const [transaction] = test.chain.blockByHash(hash)?.transactions ?? [];
    const { contractAddress } = (await ask('eth_getTransactionReceipt', transaction.hash)).result;
    const { result: call } = await send({ to: contractAddress, nonce: 1, gas: 100_000n });
    await test.seal();
    const events = (id: string) => session.events.get(id) as Record<string, unknown>[];
    expect(events(heads).map(({ number }) => number)).toEqual(['0x1', '0x2']);
    expect(events(heads)[0]).not.toHaveProperty('transactions');
    expect(events(all)).toMatchObject([
      { address: contractAddress, transactionHash: call, blockNumber: '0x2', removed: false },
    ]);
    expect(events(other)).toEqual([]);
    expect(events(pending)).toEqual([transaction.hash, call]);
    expect(events(full)).toMatchObject([
      { hash: transaction.hash, blockHash: null },
      { hash: call },
    ]);

    expect((await ask('eth_unsubscribe', heads)).result).toBe(true);
    await test.seal();
    expect(events(heads)).toHaveLength(2);
  });

  it('refuse what does not exist, with its code', async () => {
    const { ask } = await setup();
    expect((await ask('eth_subscribe', 'weather')).error).toMatchObject({
      code: -32601,
      message: 'no "weather" subscription in eth namespace',
    });
    expect((await ask('eth_subscribe', 'logs', { topics: 'x' })).error.code).toBe(-32602);
    expect((await ask('eth_unsubscribe', '0x9')).error).toMatchObject({
      code: -32000,
      message: 'subscription not found',
    });
  });
});

describe('refusals', () => {
  it("keep geth's wording", async () => {
    const { ask, send } = await setup();
    const message = async (answer: Promise<{ error: { code: number; message: string } }>) => {
      const { error } = await answer;
      return `${error.code} ${error.message}`;
    };
    expect((await send({ nonce: 0 })).result).toMatch(/^0x/);
    expect(await message(send({ nonce: 0 }))).toBe('-32000 already known');
    expect(await message(send({ nonce: 0, value: 1n }))).toBe(
      '-32000 replacement transaction underpriced',
    );
    expect(await message(send({ nonce: 1, gas: 20_000n }))).toMatch(
      /^-32000 intrinsic gas too low/,
    );
    expect(await message(send({ nonce: 1, value: 10n ** 30n }))).toMatch(
      /^-32000 insufficient funds for gas \* price \+ value/,
    );
    expect(await message(send({ nonce: 1, gas: 10n ** 10n }))).toMatch(
      /^-32000 exceeds block gas limit/,
    );
    expect(await message(send({ nonce: 1, chainId: 5 }))).toBe(
      '-32000 invalid sender: invalid chain id for signer: have 5 want 1337',
    );
    expect(await message(ask('eth_sendRawTransaction', '0xf8ff'))).toMatch(/^-32000 rlp/);
    expect(await message(ask('eth_getBalance', alice.address, '0x99'))).toBe(
      '-32000 header not found',
    );
  });

  it('carry our own code', async () => {
    const { ask } = await setup();
    const { error } = await ask('eth_getBalance', alice.address, '0x99');
    expect(error.data).toEqual({ code: 'BLOCK_NOT_FOUND' });
  });
});

describe('fields that depend on the block', () => {
  it("count a block's transactions, before and after it was decoded", async () => {
    const { test, ask, send } = await setup();
    const count = async (tag: string) =>
      (await ask('eth_getBlockTransactionCountByNumber', tag)).result;
    for (const nonce of [0, 1, 2]) await send({ to: bob.address, nonce, gas: 21_000n });
    await test.seal();
    const { hash } = test.chain.head();
    expect(await Promise.all(['0x0', '0x1', '0x2', 'latest'].map(count))).toEqual([
      '0x0',
      '0x3',
      null,
      '0x3',
    ]);
    await ask('eth_getBlockByNumber', '0x1', true);
    expect(await count('0x1')).toBe('0x3');
    expect((await ask('eth_getBlockTransactionCountByHash', hash)).result).toBe('0x3');
  });

  it('show the cap while pooled and the price paid once mined', async () => {
    const { test, ask, send } = await setup();
    const { result: hash } = await send({
      type: 2,
      maxFeePerGas: 5000n,
      maxPriorityFeePerGas: 7n,
    });
    const pooled = (await ask('eth_getTransactionByHash', hash)).result;
    expect(pooled).toMatchObject({ gasPrice: '0x1388', blockHash: null, type: '0x2' });
    await test.seal();
    const { baseFeePerGas } = test.chain.head();
    const price = `0x${(baseFeePerGas + 7n).toString(16)}`;
    expect((await ask('eth_getTransactionByHash', hash)).result).toMatchObject({
      gasPrice: price,
      maxFeePerGas: '0x1388',
    });
    expect((await ask('eth_getTransactionReceipt', hash)).result.effectiveGasPrice).toBe(price);
  });

  it('count pooled transactions in the pending nonce', async () => {
    const { ask, send } = await setup();
    await send({ nonce: 0 });
    const nonce = async (tag: string) =>
      (await ask('eth_getTransactionCount', alice.address, tag)).result;
    expect([await nonce('latest'), await nonce('pending')]).toEqual(['0x0', '0x1']);
  });
});

describe('eth_fillTransaction', () => {
  it('fills in what is missing so that the signed transaction is taken', async () => {
    const { test, ask, send } = await setup();
    await send({ nonce: 0 });
    const request = { from: alice.address, to: bob.address, value: '0x5' };
    const { raw, tx } = (await ask('eth_fillTransaction', request)).result;
    const tip = test.chain.maxPriorityFeePerGas();
    const cap = `0x${(2n * test.chain.nextBaseFee() + tip).toString(16)}`;
    expect(tx).toEqual({
      ...{ type: '0x2', chainId: '0x539', nonce: '0x1', gas: '0x5208', accessList: [] },
      ...{ to: bob.address, value: '0x5', input: '0x' },
      ...{ gasPrice: cap, maxFeePerGas: cap, maxPriorityFeePerGas: `0x${tip.toString(16)}` },
    });
    const parsed = parseTransaction(raw);
    expect(parsed).toMatchObject({ type: 'eip1559', nonce: 1, gas: 21_000n, value: 5n });
    const signed = await privateKeyToAccount(alice.privateKey).signTransaction(parsed);
    expect((await ask('eth_sendRawTransaction', signed)).result).toMatch(/^0x/);
    expect(test.chain.poolStatus()).toMatchObject({ pending: 2, queued: 0 });
  });

  it('keeps what is given, and executes nothing when gas is', async () => {
    const { ask } = await setup();
    const given = { nonce: '0x9', gas: '0x7530', gasPrice: '0x64', value: '0x1' };
    const { tx } = (await ask('eth_fillTransaction', { to: bob.address, ...given })).result;
    expect(tx).toEqual({ type: '0x0', chainId: '0x539', to: bob.address, input: '0x', ...given });
  });

  it('refuses as the estimate does, and what could not be sent', async () => {
    const { ask } = await setup();
    const error = async (request: object) =>
      (await ask('eth_fillTransaction', { from: alice.address, ...request })).error;
    expect(await error({ data: '0x60006000fd' })).toMatchObject({ code: 3 });
    for (const blobs of [{ blobs: [] }, { blobVersionedHashes: [] }, { maxFeePerBlobGas: '0x1' }]) {
      expect((await error({ to: bob.address, ...blobs })).data).toEqual({
        code: 'TRANSACTION_TYPE_NOT_SUPPORTED',
      });
    }
    expect(await error({ authorizationList: [] })).toMatchObject({ code: -32602 });
  });
});

it('sums the pool up in a line per transaction', async () => {
  const { ask, send } = await setup();
  await send({ to: bob.address, value: 5n, gas: 21_000n });
  await send({ type: 2, to: null, data: EMITTER, nonce: 1, gas: 200_000n, maxFeePerGas: 3000n });
  await send({ to: alice.address, nonce: 4, gas: 50_000n }, bob);
  expect((await ask('txpool_inspect')).result).toEqual({
    pending: {
      [alice.address]: {
        0: `${bob.address}: 5 wei + 21000 gas × 2000 wei`,
        1: 'contract creation: 0 wei + 200000 gas × 3000 wei',
      },
    },
    queued: { [bob.address]: { 4: `${alice.address}: 0 wei + 50000 gas × 2000 wei` } },
  });
});
