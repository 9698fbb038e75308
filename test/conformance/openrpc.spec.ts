import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { Transaction, Wallet } from 'ethers';
import { devWallet } from '../accounts.js';
import { LocalNode } from './local-node.js';

const fixtures = process.env.FLOTILLA_FIXTURES ?? join(process.cwd(), '..', 'shared', 'fixtures');
const specFile = join(fixtures, 'openrpc.json');
if (!existsSync(specFile)) {
  throw new Error(`${specFile} is missing: point FLOTILLA_FIXTURES at the folder that holds it`);
}

interface Method {
  readonly name: string;
  readonly result: { readonly schema: Record<string, unknown> };
}
const spec = JSON.parse(readFileSync(specFile, 'utf8')) as {
  methods: Method[];
  components: { schemas: Record<string, Record<string, unknown>> };
};

// An empty list of filter results matches both alternatives: a fault of the document, not of an answer.
const { FilterResults } = spec.components.schemas;
FilterResults.anyOf = FilterResults.oneOf;
delete FilterResults.oneOf;

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'openrpc', components: spec.components });

/** The schemas refer to `#/components/…`: to their own document. */
function rebase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rebase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' ? `openrpc${String(inner)}` : rebase(inner),
    ]),
  );
}

const validators = new Map<string, ValidateFunction>(
  spec.methods.map(({ name, result }) => [name, ajv.compile(rebase(result.schema) as object)]),
);

/** What the document describes and this node doesn't serve, on purpose. */
const NOT_SERVED = new Set([
  // EIP-7928, of a fork that we don't claim (Amsterdam).
  'debug_getRawBlockAccessList',
  'eth_getBlockAccessList',
]);

const CHAIN_ID = 31_337;
/** Stores 42, emits it under topic 0xaa, and returns it. */
const RUNTIME = '602a60005260aa60206000a160206000f3';
const CREATION = `0x6011600c60003960116000f3${RUNTIME}`;
/** Reverts with Error("no luck"). */
const REASON = `08c379a0${'20'.padStart(64, '0')}${'7'.padStart(64, '0')}${Buffer.from('no luck').toString('hex').padEnd(64, '0')}`;
const REVERTING = `0x6064600c60003960646000fd${REASON}`;

const exercised = new Set<string>();
let node: LocalNode;

async function send(method: string, params: unknown[]) {
  const response = await fetch(node.rpcUrl, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return (await response.json()) as { result?: any; error?: any };
}

/** The method's result, after it has been held against the document. */
async function ask(method: string, ...params: unknown[]): Promise<any> {
  const { result, error } = await send(method, params);
  if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
  const validate = validators.get(method);
  if (validate === undefined) throw new Error(`${method} is not in the document`);
  exercised.add(method);
  if (!validate(result)) {
    throw new Error(
      `${method} ${JSON.stringify(params)} answers ${JSON.stringify(result, null, 1)}: ${ajv.errorsText(validate.errors)}`,
    );
  }
  return result;
}

beforeAll(async () => {
  node = await LocalNode.start(CHAIN_ID);
}, 60_000);

afterAll(async () => {
  await node?.stop();
});

describe('an empty chain', () => {
  it('answers about its genesis', async () => {
    for (const tag of ['latest', 'earliest', 'safe', 'finalized', '0x0']) {
      const block = await ask('eth_getBlockByNumber', tag, true);
      expect(block).toMatchObject({ number: '0x0', transactions: [], uncles: [], withdrawals: [] });
    }
    expect(await ask('eth_getBlockByNumber', '0x1', false)).toBeNull();
    expect(await ask('eth_getBlockByHash', `0x${'11'.repeat(32)}`, false)).toBeNull();
    expect(await ask('eth_blockNumber')).toBe('0x0');
    expect(await ask('eth_getBlockReceipts', 'latest')).toEqual([]);
    expect(await ask('eth_feeHistory', '0x4', 'latest', [25, 75])).toMatchObject({
      oldestBlock: '0x0',
    });
  });

  it('leaves a pending block without hash, nonce and miner, as geth does', async () => {
    const { result } = await send('eth_getBlockByNumber', ['pending', false]);
    expect(result).toMatchObject({ number: '0x1', hash: null, nonce: null, miner: null });
  });
});

describe('a chain with every type of transaction', () => {
  const to = devWallet(1).address;
  const wallet = devWallet(0);
  const fees = { maxFeePerGas: 3_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
  const hashes: string[] = [];
  let contract = '';

  beforeAll(async () => {
    const slots = [`0x${'00'.repeat(31)}01`];
    const authorization = await devWallet(2).authorize({
      address: to,
      nonce: 0,
      chainId: CHAIN_ID,
    });
    const transactions = [
      { type: 0, gasPrice: 3_000_000_000n, to, value: 1n, gasLimit: 21_000n },
      {
        type: 1,
        gasPrice: 3_000_000_000n,
        to,
        gasLimit: 60_000n,
        accessList: [{ address: to, storageKeys: slots }],
      },
      { type: 2, ...fees, to, value: 2n, gasLimit: 21_000n },
      { type: 2, ...fees, data: CREATION, gasLimit: 200_000n },
      { type: 4, ...fees, to, gasLimit: 100_000n, authorizationList: [authorization] },
      { type: 2, ...fees, data: REVERTING, gasLimit: 200_000n },
    ];
    for (const [nonce, transaction] of transactions.entries()) {
      const raw = await wallet.signTransaction({ ...transaction, nonce, chainId: CHAIN_ID });
      hashes.push(await ask('eth_sendRawTransaction', raw));
    }
    contract = (await ask('eth_getTransactionReceipt', hashes[3])).contractAddress;
    const call = {
      type: 2,
      ...fees,
      to: contract,
      gasLimit: 100_000n,
      nonce: 6,
      chainId: CHAIN_ID,
    };
    hashes.push(await ask('eth_sendRawTransaction', await wallet.signTransaction(call)));
    const queued = { ...call, nonce: 9 };
    hashes.push(await ask('eth_sendRawTransaction', await wallet.signTransaction(queued)));
  }, 30_000);

  it('answers about blocks', async () => {
    const head = Number(await ask('eth_blockNumber'));
    expect(head).toBeGreaterThan(0);
    for (let number = 1; number <= head; number++) {
      const id = `0x${number.toString(16)}`;
      const full = await ask('eth_getBlockByNumber', id, true);
      const brief = await ask('eth_getBlockByHash', full.hash, false);
      expect(brief.transactions).toEqual(full.transactions.map((t: { hash: string }) => t.hash));
      const receipts = await ask('eth_getBlockReceipts', id);
      expect(receipts).toHaveLength(full.transactions.length);
      expect(await ask('eth_getBlockReceipts', full.hash)).toEqual(receipts);
      const count = `0x${full.transactions.length.toString(16)}`;
      expect(await ask('eth_getBlockTransactionCountByNumber', id)).toBe(count);
      expect(await ask('eth_getBlockTransactionCountByHash', full.hash)).toBe(count);
      expect(await ask('debug_getRawHeader', id)).toMatch(/^0xf9/);
      expect(await ask('debug_getRawBlock', id)).toMatch(/^0xf9/);
      expect(await ask('debug_getBadBlocks')).toEqual([]);
      expect(await ask('debug_getRawReceipts', id)).toHaveLength(full.transactions.length);
    }
  });

  it('answers about transactions and receipts', async () => {
    for (const [index, hash] of hashes.slice(0, 7).entries()) {
      const transaction = await ask('eth_getTransactionByHash', hash);
      const receipt = await ask('eth_getTransactionReceipt', hash);
      expect(receipt).toMatchObject({
        transactionHash: hash,
        status: index === 5 ? '0x0' : '0x1',
        type: transaction.type,
        effectiveGasPrice: transaction.gasPrice,
      });
      expect(
        await ask(
          'eth_getTransactionByBlockHashAndIndex',
          receipt.blockHash,
          receipt.transactionIndex,
        ),
      ).toEqual(transaction);
      expect(
        await ask(
          'eth_getTransactionByBlockNumberAndIndex',
          receipt.blockNumber,
          receipt.transactionIndex,
        ),
      ).toEqual(transaction);
      await ask('debug_getRawTransaction', hash);
    }
    const legacy = await ask('eth_getTransactionByHash', hashes[0]);
    for (const field of ['accessList', 'yParity', 'maxFeePerGas', 'blobVersionedHashes']) {
      expect(legacy).not.toHaveProperty(field);
    }
    expect(await ask('eth_getTransactionByHash', `0x${'22'.repeat(32)}`)).toBeNull();
    expect(await ask('eth_getTransactionReceipt', `0x${'22'.repeat(32)}`)).toBeNull();
  });

  it('answers about the pool', async () => {
    expect(await ask('txpool_status')).toEqual({ pending: '0x0', queued: '0x1' });
    expect(Object.keys((await ask('txpool_content')).queued)).toHaveLength(1);
    expect(await ask('txpool_contentFrom', wallet.address)).toHaveProperty('queued.9');
    const pooled = (await send('eth_getTransactionByHash', [hashes[7]])).result;
    expect(pooled).toMatchObject({ blockHash: null, blockNumber: null, transactionIndex: null });
    expect(await ask('eth_getTransactionReceipt', hashes[7])).toBeNull();
  });

  it('answers about state', async () => {
    for (const block of [undefined, 'latest', 'pending', 'safe', '0x1']) {
      const at = block === undefined ? [] : [block];
      await ask('eth_getBalance', to, ...at);
      await ask('eth_getTransactionCount', wallet.address, ...at);
      await ask('eth_getCode', contract, ...at);
      await ask('eth_getStorageAt', contract, '0x0', ...at);
    }
    expect(await ask('eth_getCode', contract, 'latest')).toBe(`0x${RUNTIME}`);
    const padded = `0x${'00'.repeat(32)}`;
    const proof = await ask('eth_getProof', contract, ['0x0', padded, '0x7'], 'latest');
    expect(proof.storageProof.map((p: { key: string }) => p.key)).toEqual(['0x0', padded, '0x7']);
    await ask('eth_getProof', Wallet.createRandom().address, [], 'latest');
  });

  it('answers about what calls touch', async () => {
    const { accessList } = await ask('eth_createAccessList', { to: contract, data: '0x' });
    expect(accessList).toEqual([]);
    const storing = { from: wallet.address, data: '0x5f54600155' };
    expect(await ask('eth_createAccessList', storing, 'latest')).toMatchObject({
      accessList: [{ storageKeys: [`0x${'00'.repeat(32)}`, `0x${'1'.padStart(64, '0')}`] }],
    });
    const failing = await ask('eth_createAccessList', { data: REVERTING });
    expect(failing).toMatchObject({ error: 'execution reverted' });
  });

  it('answers about blocks that might be', async () => {
    const calls = [
      { from: wallet.address, to, value: '0x1' },
      { to: contract },
      { data: REVERTING },
      { data: '0xfe', gas: '0x186a0' },
    ];
    const blockStateCalls = [
      { stateOverrides: { [to]: { balance: '0x7' } }, calls },
      { blockOverrides: { number: '0x30', time: '0x7fffffff' }, calls },
    ];
    for (const returnFullTransactions of [false, true]) {
      const payload = { blockStateCalls, traceTransfers: true, returnFullTransactions };
      const blocks = await ask('eth_simulateV1', payload, 'latest');
      expect(blocks.at(-1).calls).toMatchObject([
        { status: '0x1', gasUsed: '0x5208', logs: [{ address: `0x${'ee'.repeat(20)}` }] },
        { status: '0x1', logs: [{ address: contract }] },
        { status: '0x0', error: { code: 3, message: 'execution reverted: no luck' } },
        { status: '0x0', error: { code: -32015, message: 'vm execution error: invalid opcode' } },
      ]);
    }
    const validated = { blockStateCalls: [{ calls: [{ ...calls[0], nonce: '0x0' }] }] };
    const refused = await send('eth_simulateV1', [{ ...validated, validation: true }, 'latest']);
    expect(refused.error).toMatchObject({ code: -38012 });
  });

  it('answers about many slots at once', async () => {
    const request = { [contract]: ['0x0', `0x${'00'.repeat(32)}`], [to]: ['0x1'] };
    const values = await ask('eth_getStorageValues', request, 'latest');
    expect(Object.keys(values)).toEqual([contract, to]);
    expect(values[contract]).toHaveLength(2);
  });

  it('answers about executions', async () => {
    const everything = { enableMemory: true, enableReturnData: true };
    for (const hash of hashes.slice(0, 7)) {
      await ask('debug_traceTransaction', hash);
      await ask('debug_traceTransaction', hash, { ...everything, timeout: '1s' });
      await ask('debug_traceTransaction', hash, { disableStack: true, disableStorage: true });
      const receipt = await ask('eth_getTransactionReceipt', hash);
      const call = await ask('debug_traceTransaction', hash, { tracer: 'callTracer' });
      expect(call).toMatchObject({ gasUsed: receipt.gasUsed, from: receipt.from });
    }
    const { number, hash } = await ask('eth_getBlockByNumber', 'latest', false);
    const traced = await ask('debug_traceBlockByNumber', number, everything);
    expect(await ask('debug_traceBlockByHash', hash, everything)).toEqual(traced);
    const unknown = await send('debug_traceTransaction', [hashes[0], { tracer: '{step(){}}' }]);
    expect(unknown.error).toMatchObject({ code: -32000, data: { code: 'UNKNOWN_TRACER' } });
  });

  it('answers about calls', async () => {
    expect(await ask('eth_call', { to: contract }, 'latest')).toBe(`0x${'2a'.padStart(64, '0')}`);
    await ask('eth_call', { to: contract, data: '0x' });
    await ask('eth_estimateGas', { from: wallet.address, to, value: '0x1' });
    const { error } = await send('eth_call', [{ data: REVERTING }, 'latest']);
    expect(error).toEqual({
      code: 3,
      message: 'execution reverted: no luck',
      data: `0x${REASON}`,
    });
    expect((await send('eth_estimateGas', [{ data: REVERTING }])).error).toEqual(error);
  });

  it('fills in transactions of every type', async () => {
    const from = wallet.address;
    const pool = await send('eth_getTransactionCount', [from, 'pending']);
    const authorization = {
      ...{ chainId: '0x0', address: to, nonce: '0x0' },
      ...{ yParity: '0x0', r: '0x1', s: '0x1' },
    };
    const requests = [
      { gasPrice: '0xb2d05e00' },
      { gasPrice: '0xb2d05e00', accessList: [] },
      {},
      undefined,
      { authorizationList: [authorization] },
    ];
    for (const [type, fields] of requests.entries()) {
      if (fields === undefined) continue;
      const { raw, tx } = await ask('eth_fillTransaction', { from, to, value: '0x1', ...fields });
      expect(tx).toMatchObject({ type: `0x${type}`, nonce: pool.result, chainId: '0x7a69' });
      const signed = Transaction.from(raw);
      signed.signature = devWallet(0).signingKey.sign(signed.unsignedHash);
      expect(signed).toMatchObject({ type, from, nonce: Number(tx.nonce), value: 1n });
    }
    const { tx } = await ask('eth_fillTransaction', { from, data: CREATION });
    expect(tx).toMatchObject({ type: '0x2', to: null, input: CREATION });
    await ask('eth_fillTransaction', { to });
    const reverting = await send('eth_fillTransaction', [{ from, data: REVERTING }]);
    expect(reverting.error).toMatchObject({ code: 3, data: `0x${REASON}` });
    const blobs = await send('eth_fillTransaction', [{ from, to, blobVersionedHashes: [] }]);
    expect(blobs.error).toMatchObject({ data: { code: 'TRANSACTION_TYPE_NOT_SUPPORTED' } });
  });

  it('answers about logs and filters', async () => {
    const criteria = { fromBlock: '0x0', toBlock: 'latest', address: contract };
    const logs = await ask('eth_getLogs', criteria);
    expect(logs).toHaveLength(1);
    expect(await ask('eth_getLogs', { ...criteria, topics: [[logs[0].topics[0], null]] })).toEqual(
      logs,
    );
    expect(await ask('eth_getLogs', { ...criteria, topics: [null, null] })).toEqual([]);
    expect(await ask('eth_getLogs', { blockHash: logs[0].blockHash })).toEqual(logs);
    const filters = [
      await ask('eth_newFilter', criteria),
      await ask('eth_newBlockFilter'),
      await ask('eth_newPendingTransactionFilter'),
    ];
    expect(await ask('eth_getFilterLogs', filters[0])).toEqual(logs);
    const raw = await devWallet(3).signTransaction({
      ...fees,
      type: 2,
      to: contract,
      gasLimit: 100_000n,
      nonce: 0,
      chainId: CHAIN_ID,
    });
    const hash = await ask('eth_sendRawTransaction', raw);
    const { blockHash } = await ask('eth_getTransactionReceipt', hash);
    expect(await ask('eth_getFilterChanges', filters[0])).toMatchObject([{ blockHash }]);
    expect(await ask('eth_getFilterChanges', filters[1])).toEqual([blockHash]);
    expect(await ask('eth_getFilterChanges', filters[2])).toEqual([hash]);
    expect(await ask('eth_getFilterChanges', filters[2])).toEqual([]);
    for (const filter of filters) expect(await ask('eth_uninstallFilter', filter)).toBe(true);
    expect(await ask('eth_uninstallFilter', filters[0])).toBe(false);
  });

  it('answers about fees and itself', async () => {
    expect(await ask('eth_chainId')).toBe('0x7a69');
    expect(await ask('net_version')).toBe('31337');
    expect(await ask('eth_syncing')).toBe(false);
    expect(await ask('eth_config')).toMatchObject({ current: { chainId: '0x7a69' }, next: null });
    expect(await ask('eth_capabilities')).toMatchObject({ state: { oldestBlock: '0x0' } });
    const from = devWallet(5).address;
    const plain = { from, to: from, gas: '0x5208', value: '0x1' };
    await ask('eth_sign', from, '0x00');
    await ask('eth_signTransaction', plain);
    await ask('eth_sendTransaction', plain);
    expect(await ask('eth_accounts')).toContain(devWallet(0).address.toLowerCase());
    for (const method of [
      'eth_coinbase',
      'eth_gasPrice',
      'eth_baseFee',
      'eth_blobBaseFee',
      'eth_maxPriorityFeePerGas',
    ]) {
      await ask(method);
    }
    const history = await ask('eth_feeHistory', '0x3', 'latest', [0, 50, 100]);
    expect(history.reward[0]).toHaveLength(3);
    expect(history.baseFeePerGas).toHaveLength(history.gasUsedRatio.length + 1);
  });
});

it('has held every method of the document that it serves against it', async () => {
  for (const { name } of spec.methods) {
    const isServed = (await send(name, [])).error?.code !== -32601;
    expect([name, isServed]).toEqual([name, !NOT_SERVED.has(name)]);
    if (isServed) expect(exercised).toContain(name);
  }
});
