import { createBlockFromRLP } from '@ethereumjs/block';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createMPT } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { encodeReceipt as theirEncodeReceipt } from '@ethereumjs/vm';
import { type Address, bytesToHex, hexToBytes } from '@flotilla/common';
import { verifyAccount, verifySlot } from '@flotilla/state';
import { SimulatedClock, signAuthorization, TestChain, testAccount } from '@flotilla/testing';
import { decodeBlock, encodeBlock } from '../block/block.js';
import { EMPTY_REQUESTS_HASH } from '../block/header.js';
import type { SealedBlock } from '../block/types.js';
import { ChainErrorCode } from '../errors.js';

const alice = testAccount(0);
const bob = testAccount(1);
const common = new Common({ chain: { ...Mainnet, chainId: 1337 }, hardfork: Hardfork.Prague });

/** Stores 42 in slot 1 and deploys one zero byte. */
const STORER_INIT = '0x602a60015560016000f3';
/** Deploys code that logs its call data under a topic of their length. */
const LOGGER_INIT = '0x600a600c600039600a6000f3365f5f376007365fa100';

async function richBlock(test: TestChain): Promise<SealedBlock> {
  await test.send(alice, { nonce: 0, type: 0, to: bob.address, value: 3n, gasPrice: 7n });
  await test.send(alice, { nonce: 1, type: 1, to: null, data: LOGGER_INIT, gas: 200_000n });
  await test.send(alice, { nonce: 2, to: null, data: STORER_INIT, gas: 300_000n });
  await test.send(bob, { nonce: 0, to: bob.address, gas: 21_000n });
  await test.send(bob, {
    nonce: 1,
    type: 4,
    gas: 100_000n,
    authorizationList: [
      await signAuthorization(testAccount(2), { address: bob.address, nonce: 0 }),
    ],
  });
  await test.send(testAccount(3), { nonce: 0, to: null, data: '0xfe', gas: 100_000n });
  return test.seal();
}

/** Root of a list as ethereumjs computes it. */
async function theirListRoot(items: Uint8Array[]): Promise<string> {
  const trie = await createMPT();
  for (let i = 0; i < items.length; i++) await trie.put(RLP.encode(i), items[i]);
  return bytesToHex(trie.root());
}

describe('a sealed block, seen by ethereumjs', () => {
  it('has the same hash, transactions root, receipts root and bloom', async () => {
    const test = await TestChain.open();
    const { block, receipts, rlp } = await richBlock(test);
    const theirs = createBlockFromRLP(rlp, { common, skipConsensusFormatValidation: true });
    expect(block.transactions).toHaveLength(6);
    expect(bytesToHex(theirs.hash())).toBe(block.header.hash);
    expect(theirs.transactions.map((tx) => bytesToHex(tx.hash()))).toEqual(
      block.transactions.map((tx) => tx.hash),
    );
    expect(await theirs.transactionsTrieIsValid()).toBe(true);
    const encoded = receipts.map((receipt) =>
      theirEncodeReceipt(
        {
          status: receipt.status,
          cumulativeBlockGasUsed: receipt.cumulativeGasUsed,
          bitvector: hexToBytes(receipt.logsBloom),
          logs: receipt.logs.map((log) => [
            hexToBytes(log.address),
            log.topics.map(hexToBytes),
            log.data,
          ]),
        },
        receipt.type as never,
      ),
    );
    expect(await theirListRoot(encoded)).toBe(block.header.receiptsRoot);
    expect(block.size).toBe(rlp.length);
  });

  it('commits to its parent, its time, its epoch and no requests', async () => {
    const clock = new SimulatedClock(1_800_000_000_500);
    const test = await TestChain.open({}, { clock });
    await test.chain.setEpoch(7);
    const { block } = await test.seal();
    expect(block.header).toMatchObject({
      number: 1,
      parentHash: test.chain.identity.genesisHash,
      timestamp: 1_800_000_000,
      extraData: '0x666c6f74696c6c610000000000000007',
      requestsHash: EMPTY_REQUESTS_HASH,
      gasLimit: 30_000_000n,
      baseFeePerGas: 0n,
    });
    expect((await test.seal()).block.header.timestamp).toBe(1_800_000_000);
  });

  it('has proofs that verify against its state root, also when it is past', async () => {
    const test = await TestChain.open();
    const receipt = await test.mine(alice, {
      to: null,
      data: STORER_INIT,
      gas: 200_000n,
    });
    const contract = receipt.contractAddress as Address;
    const { stateRoot } = test.chain.head();
    await test.mine(bob, { value: 1n });
    const proof = test.chain.proof(contract, [1n, 2n], 1);
    const account = verifyAccount(stateRoot, contract, [...proof.accountProof]);
    expect(account?.storageRoot).toBe(proof.storageHash);
    expect(proof.storageProof.map(({ value }) => value)).toEqual([42n, 0n]);
    for (const { key, value, proof: nodes } of proof.storageProof) {
      expect(verifySlot(proof.storageHash, key, [...nodes])).toBe(value);
    }
  });
});

describe('receipts', () => {
  it('count gas cumulatively and logs across the block', async () => {
    const test = await TestChain.open();
    const deployed = await test.mine(alice, { to: null, data: LOGGER_INIT, gas: 200_000n });
    const logger = deployed.contractAddress as Address;
    for (const nonce of [1, 2, 3]) {
      await test.send(alice, { nonce, to: logger, data: `0x0${nonce}`, gas: 50_000n });
    }
    const { receipts, block } = await test.seal();
    const logs = receipts.flatMap((receipt) => receipt.logs);
    expect(logs.map((log) => [log.logIndex, log.transactionIndex, bytesToHex(log.data)])).toEqual([
      [0, 0, '0x01'],
      [1, 1, '0x02'],
      [2, 2, '0x03'],
    ]);
    let cumulative = 0n;
    for (const receipt of receipts) {
      cumulative += receipt.gasUsed;
      expect(receipt.cumulativeGasUsed).toBe(cumulative);
    }
    expect(block.header.gasUsed).toBe(cumulative);
    expect(test.chain.receiptsByNumber(2)).toEqual(receipts);
    expect(test.chain.receiptByHash(receipts[2].transactionHash)).toEqual(receipts[2]);
    expect(test.chain.totals()).toEqual({
      transactions: 4,
      gasUsed: cumulative + deployed.gasUsed,
    });
  });

  it('tell a failed transaction from a successful one, and what was paid', async () => {
    const test = await TestChain.open({ fees: { mode: 'fixed', gasPrice: 10n } });
    const failed = await test.mine(alice, {
      to: null,
      data: '0xfe',
      gas: 100_000n,
      maxFeePerGas: 100n,
      maxPriorityFeePerGas: 3n,
    });
    expect(failed).toMatchObject({ status: 0, gasUsed: 100_000n, effectiveGasPrice: 13n });
    expect(test.chain.balance(alice.address, 'latest')).toBe(1000n * 10n ** 18n - 1_300_000n);
  });
});

describe('importBlock', () => {
  it('brings a follower to the same head by re-execution', async () => {
    const producer = await TestChain.open({ genesisTimestamp: 5 });
    const follower = await TestChain.open({ genesisTimestamp: 5 });
    await producer.chain.setEpoch(2);
    for (const { rlp } of [await richBlock(producer), await producer.seal()]) {
      await follower.chain.importBlock(rlp);
    }
    expect(follower.chain.head()).toEqual(producer.chain.head());
    expect(follower.chain.receiptsByNumber(1)).toEqual(producer.chain.receiptsByNumber(1));
    expect(follower.chain.epoch).toBe(2);
  });

  it('answers a block that it has from the store', async () => {
    const producer = await TestChain.open({ genesisTimestamp: 5 });
    const { rlp, block } = await richBlock(producer);
    const again = await producer.chain.importBlock(rlp);
    expect(again.block.header).toEqual(block.header);
    expect(producer.chain.head().number).toBe(1);
  });

  it('drops from its pool what the block mined', async () => {
    const producer = await TestChain.open({ genesisTimestamp: 5 });
    const follower = await TestChain.open({ genesisTimestamp: 5 });
    await producer.send(alice, {});
    await follower.send(alice, {});
    await follower.chain.importBlock((await producer.seal()).rlp);
    expect(follower.chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
  });

  const forged = {
    'another state root': { stateRoot: `0x${'01'.repeat(32)}` },
    'another receipts root': { receiptsRoot: `0x${'01'.repeat(32)}` },
    'another transactions root': { transactionsRoot: `0x${'01'.repeat(32)}` },
    'another gas figure': { gasUsed: 1n },
    'another bloom': { logsBloom: `0x${'01'.repeat(256)}` },
    'another gas limit': { gasLimit: 1n },
    'another base fee': { baseFeePerGas: 1n },
    'another coinbase': { coinbase: bob.address },
    'another mix hash': { mixHash: `0x${'01'.repeat(32)}` },
    'other requests': { requestsHash: `0x${'01'.repeat(32)}` },
    'a time before its parent': { timestamp: 4 },
    'a time to come': { timestamp: 1_800_000_016 },
    'foreign extra data': { extraData: '0x' },
    'no requests': { requestsHash: undefined },
    'a number too high': { number: 2 },
  } as const;

  it.each(Object.entries(forged))('refuses %s and stays as it was', async (_name, fields) => {
    const producer = await TestChain.open({ genesisTimestamp: 5 });
    const follower = await TestChain.open({ genesisTimestamp: 5 });
    const { rlp } = await richBlock(producer);
    const { header, transactions } = decodeBlock(rlp);
    const raws = transactions.map((tx) => tx.raw);
    const bad = encodeBlock({ ...header, ...fields } as typeof header, raws);
    await expect(follower.chain.importBlock(bad)).rejects.toMatchObject({
      code: ChainErrorCode.InvalidBlock,
    });
    expect(follower.chain.head().number).toBe(0);
    await follower.chain.importBlock(rlp);
    expect(follower.chain.head()).toEqual(producer.chain.head());
  });

  it('refuses an unknown parent, a lower epoch and broken bytes', async () => {
    const producer = await TestChain.open({ genesisTimestamp: 5 });
    const follower = await TestChain.open({ genesisTimestamp: 5 });
    const first = await producer.seal();
    const second = await producer.seal();
    await expect(follower.chain.importBlock(second.rlp)).rejects.toMatchObject({
      code: ChainErrorCode.UnknownParent,
    });
    await follower.chain.setEpoch(1);
    await expect(follower.chain.importBlock(first.rlp)).rejects.toMatchObject({
      code: ChainErrorCode.StaleEpoch,
    });
    await expect(follower.chain.importBlock(first.rlp.slice(1))).rejects.toMatchObject({
      code: ChainErrorCode.InvalidBlock,
    });
    await expect(follower.chain.setEpoch(0)).rejects.toMatchObject({
      code: ChainErrorCode.StaleEpoch,
    });
  });
});
