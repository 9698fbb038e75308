import { bytesToHex } from '@flotilla/common';
import {
  signAuthorization,
  signTransaction,
  TestChain,
  testAccount,
  type UnsignedTransaction,
} from '@flotilla/testing';
import type { ChainConfig } from '../config.js';
import { ChainErrorCode as Code } from '../errors.js';
import { decodeTransaction } from '../transaction/decode.js';

const alice = testAccount(0);
const bob = testAccount(1);
const poor = testAccount(60);
const ETHER = 10n ** 18n;

const refusal = (code: Code, message: string) => expect.objectContaining({ code, message });

interface Rule {
  readonly name: string;
  readonly code: Code;
  readonly message: string;
  readonly tx: UnsignedTransaction;
  readonly sender?: typeof alice;
  readonly config?: Partial<ChainConfig>;
  /** Mined or pooled first. */
  readonly before?: (test: TestChain) => Promise<unknown>;
}

const rules: Rule[] = [
  {
    name: 'a nonce that was used',
    before: (test) => test.mine(alice, { nonce: 0 }),
    tx: { nonce: 0, value: 1n },
    code: Code.NonceTooLow,
    message: 'nonce too low: next nonce 1, tx nonce 0',
  },
  {
    name: 'the same again',
    before: (test) => test.send(alice, { nonce: 0 }),
    tx: { nonce: 0 },
    code: Code.AlreadyKnown,
    message: 'already known',
  },
  {
    name: 'the same again behind a gap',
    before: (test) => test.send(alice, { nonce: 5 }),
    tx: { nonce: 5 },
    code: Code.AlreadyKnown,
    message: 'already known',
  },
  {
    name: 'a replacement at a zero gas price',
    before: (test) => test.send(alice, { nonce: 0 }),
    tx: { nonce: 0, value: 1n },
    code: Code.ReplacementUnderpriced,
    message: 'replacement transaction underpriced',
  },
  {
    name: 'a replacement that raises the fee cap only',
    before: (test) => test.send(alice, { maxFeePerGas: 100n, maxPriorityFeePerGas: 100n }),
    tx: { maxFeePerGas: 200n, maxPriorityFeePerGas: 100n },
    code: Code.ReplacementUnderpriced,
    message: 'replacement transaction underpriced',
  },
  {
    name: 'a replacement that raises by nine percent',
    before: (test) => test.send(alice, { maxFeePerGas: 100n, maxPriorityFeePerGas: 100n }),
    tx: { maxFeePerGas: 109n, maxPriorityFeePerGas: 109n },
    code: Code.ReplacementUnderpriced,
    message: 'replacement transaction underpriced',
  },
  {
    name: 'a value beyond the balance',
    sender: poor,
    tx: { value: 1n },
    code: Code.InsufficientFunds,
    message: 'insufficient funds for gas * price + value: balance 0, tx cost 1, overshot 1',
  },
  {
    name: 'gas beyond the balance',
    sender: poor,
    tx: { maxFeePerGas: 2n },
    code: Code.InsufficientFunds,
    message: 'insufficient funds for gas * price + value: balance 0, tx cost 42000, overshot 42000',
  },
  {
    name: 'values beyond the balance together',
    before: (test) => test.send(alice, { value: 600n * ETHER }),
    tx: { nonce: 1, value: 600n * ETHER },
    code: Code.InsufficientFunds,
    message: `insufficient funds for gas * price + value: balance ${1000n * ETHER}, queued cost ${600n * ETHER}, tx cost ${600n * ETHER}, overshot ${200n * ETHER}`,
  },
  {
    name: 'a replacement beyond the balance',
    before: async (test) => {
      await test.send(alice, { nonce: 0, value: 600n * ETHER });
      await test.send(alice, { nonce: 1, value: 300n * ETHER });
    },
    tx: { nonce: 1, value: 500n * ETHER, maxFeePerGas: 0n },
    code: Code.InsufficientFunds,
    message: `insufficient funds for gas * price + value: balance ${1000n * ETHER}, queued cost ${900n * ETHER}, tx bumped ${200n * ETHER}, overshot ${100n * ETHER}`,
  },
  {
    name: 'less gas than a transfer needs',
    tx: { gas: 20_999n },
    code: Code.IntrinsicGasTooLow,
    message: 'intrinsic gas too low: gas 20999, minimum needed 21000',
  },
  {
    name: 'less gas than a creation needs',
    tx: { to: null, gas: 53_000n, data: '0x00' },
    code: Code.IntrinsicGasTooLow,
    message: 'intrinsic gas too low: gas 53000, minimum needed 53006',
  },
  {
    name: 'less gas than the floor of its data (EIP-7623)',
    tx: { gas: 24_000n, data: `0x${'ff'.repeat(100)}` },
    code: Code.FloorDataGasTooLow,
    message: 'insufficient gas for floor data gas cost: gas 24000, minimum needed 25000',
  },
  {
    name: 'more gas than a block has',
    tx: { gas: 30_000_001n },
    code: Code.ExceedsBlockGasLimit,
    message: 'exceeds block gas limit',
  },
  {
    name: 'more gas than a transaction may have (EIP-7825)',
    config: { hardforks: { cancun: 0, prague: 0, osaka: 0 } },
    tx: { gas: 16_777_217n },
    code: Code.GasLimitTooHigh,
    message: 'transaction gas limit too high (cap: 16777216, tx: 16777217)',
  },
  {
    name: 'another chain',
    tx: { chainId: 5 },
    code: Code.InvalidChainId,
    message: 'invalid sender: invalid chain id for signer: have 5 want 1337',
  },
  {
    name: 'no chain id on a production chain',
    tx: { type: 0, chainId: undefined },
    code: Code.UnprotectedTransaction,
    message: 'only replay-protected (EIP-155) transactions allowed over RPC',
  },
  {
    name: 'more than 128 KiB',
    tx: { gas: 10_000_000n, data: `0x${'00'.repeat(131_072)}` },
    code: Code.OversizedData,
    message: 'oversized data: transaction size 131181, limit 131072',
  },
  {
    name: 'init code beyond EIP-3860',
    tx: { to: null, gas: 10_000_000n, data: `0x${'00'.repeat(49_153)}` },
    code: Code.InitCodeTooLarge,
    message: 'max initcode size exceeded: code size 49153, limit 49152',
  },
  {
    name: 'less than the fixed price',
    config: { fees: { mode: 'fixed', gasPrice: 100n } },
    tx: { maxFeePerGas: 99n },
    code: Code.Underpriced,
    message: 'transaction underpriced: gas fee cap 99, minimum needed 100',
  },
  {
    name: 'less than the base fee can ever fall to',
    config: { fees: { mode: 'eip1559' } },
    tx: { type: 0, gasPrice: 6n },
    code: Code.Underpriced,
    message: 'transaction underpriced: gas fee cap 6, minimum needed 7',
  },
  {
    name: 'a sender with code (EIP-3607)',
    config: { alloc: { [bob.address]: { balance: 1n, code: '0x6000' } } },
    sender: bob,
    tx: {},
    code: Code.SenderNotEoa,
    message: `sender not an eoa: address ${bob.address}, len(code): 2`,
  },
  {
    name: 'a type 4 before Prague',
    config: { hardforks: { cancun: 0 } },
    tx: { type: 4, gas: 100_000n },
    code: Code.TransactionTypeNotSupported,
    message: 'transaction type not supported',
  },
  {
    name: 'a type 4 without authorizations',
    tx: { type: 4, gas: 100_000n },
    code: Code.EmptyAuthorizationList,
    message: 'set code tx must have at least one authorization tuple',
  },
  {
    name: 'the 65th behind a gap',
    before: async (test) => {
      for (let nonce = 1; nonce <= 64; nonce++) await test.send(alice, { nonce });
    },
    tx: { nonce: 65 },
    code: Code.AccountLimitExceeded,
    message: 'account limit exceeded: pooled 64 txs',
  },
  {
    name: 'one more than a sender may have',
    config: { pool: { senderPending: 2 } },
    before: async (test) => {
      await test.send(alice, { nonce: 0 });
      await test.send(alice, { nonce: 1 });
    },
    tx: { nonce: 2 },
    code: Code.AccountLimitExceeded,
    message: 'account limit exceeded: pooled 2 txs',
  },
  {
    name: 'a newcomer to a full pool',
    config: { pool: { globalPending: 1 } },
    before: (test) => test.send(bob, { nonce: 0 }),
    tx: { nonce: 0, maxFeePerGas: 1000n, maxPriorityFeePerGas: 1000n },
    code: Code.PoolFull,
    message: 'txpool is full',
  },
  {
    name: 'one more behind a gap in a full pool',
    config: { pool: { globalQueued: 1 } },
    before: (test) => test.send(bob, { nonce: 3 }),
    tx: { nonce: 3 },
    code: Code.PoolFull,
    message: 'txpool is full',
  },
  {
    name: 'more bytes than the pool holds',
    config: { pool: { bytes: 150 } },
    before: (test) => test.send(bob, {}),
    tx: {},
    code: Code.PoolFull,
    message: 'txpool is full',
  },
];

const NO_BLOBS =
  'transaction type not supported: blob transactions (type 3) need a blob market and a consensus layer, and this chain has neither; send type 2 with the data as calldata';

describe('the pool refuses', () => {
  it.each(rules)('$name', async ({ tx, sender, config, before, code, message }) => {
    const test = await TestChain.open(config);
    await before?.(test);
    const { pending, queued } = test.chain.poolStatus();
    await expect(test.send(sender ?? alice, tx)).rejects.toEqual(refusal(code, message));
    expect(test.chain.poolStatus()).toEqual({ pending, queued });
  });

  it.each([
    ['blobs', '0x03f800', Code.TransactionTypeNotSupported, NO_BLOBS],
    [
      'blobs with a sidecar, large as they are',
      `0x03${'00'.repeat(140_000)}`,
      Code.TransactionTypeNotSupported,
      NO_BLOBS,
    ],
    [
      'an unknown type',
      '0x7fc0',
      Code.TransactionTypeNotSupported,
      'transaction type not supported',
    ],
    ['garbage', '0xc3010203', Code.InvalidTransaction, 'rlp: too few elements'],
  ])('%s', async (_name, hex, code, message) => {
    const test = await TestChain.open();
    const raw = Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
    await expect(test.chain.submitTransaction(raw)).rejects.toEqual(refusal(code, message));
  });
});

describe('the pool', () => {
  it('refuses a tip above the fee cap, which no signer makes', async () => {
    const test = await TestChain.open();
    const tx = decodeTransaction(await signTransaction(alice, {}));
    const fees = { maxFeePerGas: 1n, maxPriorityFeePerGas: 2n };
    await expect(
      test.chain.submitTransaction({ ...tx, ...fees, from: alice.address }),
    ).rejects.toEqual(
      refusal(Code.TipAboveFeeCap, 'max priority fee per gas higher than max fee per gas'),
    );
  });

  it('queues behind a nonce gap and promotes when it is filled', async () => {
    const test = await TestChain.open();
    const announced: string[] = [];
    test.chain.events.on('pendingTransaction', (tx) => announced.push(`${tx.nonce}`));
    await test.send(alice, { nonce: 2 });
    await test.send(alice, { nonce: 1 });
    expect(test.chain.poolStatus()).toEqual({ pending: 0, queued: 2 });
    expect(test.chain.nonce(alice.address, 'pending')).toBe(0n);
    expect((await test.seal()).block.transactions).toHaveLength(0);
    await test.send(alice, { nonce: 0 });
    expect(test.chain.poolStatus()).toEqual({ pending: 3, queued: 0 });
    expect(test.chain.nonce(alice.address, 'pending')).toBe(3n);
    expect(announced).toEqual(['0', '1', '2']);
    const { block } = await test.seal();
    expect(block.transactions.map((tx) => tx.nonce)).toEqual([0n, 1n, 2n]);
  });

  it('replaces at ten percent more of both fees, and mines only the replacement', async () => {
    const test = await TestChain.open();
    const dropped: string[] = [];
    test.chain.events.on('droppedTransaction', ({ hash }) => dropped.push(hash));
    const old = await test.send(alice, { maxFeePerGas: 100n, maxPriorityFeePerGas: 100n });
    const fresh = await test.send(alice, { maxFeePerGas: 110n, maxPriorityFeePerGas: 110n });
    expect(dropped).toEqual([old]);
    expect(test.chain.transactionByHash(old)).toBeUndefined();
    const { block } = await test.seal();
    expect(block.transactions.map((tx) => tx.hash)).toEqual([fresh]);
    expect(test.chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
  });

  it('takes the best tip first, then the first come, each sender in nonce order', async () => {
    const test = await TestChain.open();
    const tip = (wei: bigint) => ({ maxFeePerGas: 1000n, maxPriorityFeePerGas: wei });
    const senders = [0, 1, 2, 3].map(testAccount);
    const first = await test.send(senders[0], { nonce: 0, ...tip(1n) });
    const rich = await test.send(senders[1], { nonce: 0, ...tip(9n) });
    const second = await test.send(senders[2], { nonce: 0, ...tip(1n) });
    const afterFirst = await test.send(senders[0], { nonce: 1, ...tip(50n) });
    const third = await test.send(senders[3], { nonce: 0, ...tip(1n) });
    const { block } = await test.seal();
    expect(block.transactions.map((tx) => tx.hash)).toEqual([
      rich,
      first,
      afterFirst,
      second,
      third,
    ]);
  });

  it('evicts nobody when it is full, and still takes replacements', async () => {
    const test = await TestChain.open({ pool: { globalPending: 1 } });
    const low = { maxFeePerGas: 10n, maxPriorityFeePerGas: 10n };
    await test.send(alice, low);
    await expect(test.send(bob, { maxFeePerGas: 99n })).rejects.toMatchObject({
      code: Code.PoolFull,
      retryable: true,
    });
    await test.send(alice, { maxFeePerGas: 11n, maxPriorityFeePerGas: 11n });
    expect(test.chain.poolStatus()).toEqual({ pending: 1, queued: 0 });
  });

  it('lists its content by sender and nonce', async () => {
    const test = await TestChain.open();
    await test.send(alice, { nonce: 0 });
    await test.send(alice, { nonce: 4 });
    await test.send(alice, { nonce: 3 });
    const { pending, queued } = test.chain.poolContent();
    expect(pending.get(alice.address)?.map((tx) => tx.nonce)).toEqual([0n]);
    expect(queued.get(alice.address)?.map((tx) => tx.nonce)).toEqual([3n, 4n]);
  });

  it('keeps what is too cheap for the base fee until it has fallen', async () => {
    const test = await TestChain.open({ fees: { mode: 'eip1559', gasPrice: 100n } });
    const hash = await test.send(alice, { maxFeePerGas: 80n });
    expect(test.chain.pendingWork()).toBe('underpriced');
    expect((await test.seal()).block.transactions).toHaveLength(0);
    while (test.chain.pendingWork() === 'underpriced') await test.seal();
    await test.seal();
    expect(test.chain.receiptByHash(hash)?.status).toBe(1);
  });

  it('refuses a transaction that was mined', async () => {
    const test = await TestChain.open();
    const raw = await signTransaction(alice, {});
    await test.chain.submitTransaction(raw);
    await test.seal();
    await expect(test.chain.submitTransaction(raw)).rejects.toMatchObject({
      code: Code.NonceTooLow,
    });
  });
});

describe('EIP-7702 accounts', () => {
  const delegate = `0x${'00'.repeat(19)}99` as const;
  const setCode = async (test: TestChain, nonce = 0) =>
    test.mine(bob, {
      type: 4,
      gas: 100_000n,
      nonce,
      authorizationList: [
        await signAuthorization(alice, { address: delegate, nonce: Number(aliceNonce(test)) }),
      ],
    });
  const aliceNonce = (test: TestChain) => test.chain.nonce(alice.address, 'latest');

  it('send, one transaction at a time', async () => {
    const test = await TestChain.open();
    expect(await setCode(test)).toMatchObject({ status: 1, type: 4 });
    expect(bytesToHex(test.chain.code(alice.address, 'latest'))).toBe(
      `0xef0100${delegate.slice(2)}`,
    );
    await expect(test.send(alice, { nonce: 2 })).rejects.toMatchObject({
      code: Code.OutOfOrderDelegated,
    });
    await test.send(alice, { nonce: 1 });
    await expect(test.send(alice, { nonce: 2 })).rejects.toMatchObject({
      code: Code.InflightLimit,
    });
    await test.seal();
    expect(aliceNonce(test)).toBe(2n);
  });

  it('whose nonce another raised lose what has become stale, and go on', async () => {
    const test = await TestChain.open();
    const stale = await test.send(alice, { nonce: 0 });
    const dropped: string[] = [];
    test.chain.events.on('droppedTransaction', ({ hash }) => dropped.push(hash));
    await test.send(bob, {
      type: 4,
      gas: 100_000n,
      maxFeePerGas: 5n,
      maxPriorityFeePerGas: 5n,
      authorizationList: [await signAuthorization(alice, { address: delegate, nonce: 0 })],
    });
    const { block } = await test.seal();
    expect(block.transactions).toHaveLength(1);
    expect(dropped).toEqual([stale]);
    expect(test.chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
    expect(test.chain.nonce(alice.address, 'pending')).toBe(1n);
  });

  it('with several transactions pooled cannot be delegated meanwhile', async () => {
    const test = await TestChain.open();
    await test.send(alice, { nonce: 0 });
    await test.send(alice, { nonce: 1 });
    const authorizationList = [await signAuthorization(alice, { address: delegate, nonce: 2 })];
    await expect(
      test.send(bob, { type: 4, gas: 100_000n, authorizationList }),
    ).rejects.toMatchObject({ code: Code.AuthorityReserved });
  });
});
