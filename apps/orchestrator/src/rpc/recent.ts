import type { Address, Hash } from '@flotilla/common';
import { callNode } from './chain-rpc.js';

export interface BlockSummary {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  readonly gasUsed: number;
  readonly gasLimit: number;
  readonly transactionCount: number;
  readonly stateRoot: Hash;
}

export interface TransactionSummary {
  readonly hash: Hash;
  readonly blockNumber: number;
  readonly blockTimestamp: number;
  readonly from: Address;
  readonly to: Address | null;
  /** Wei, decimal. */
  readonly value: string;
  readonly nonce: number;
  readonly type: number;
  readonly status: 'success' | 'reverted';
  readonly gasUsed: number;
  readonly createdAddress: Address | null;
}

interface RpcTransaction {
  readonly hash: Hash;
  readonly from: Address;
  readonly to: Address | null;
  readonly value: string;
  readonly nonce: string;
  readonly type: string;
}

interface RpcBlock {
  readonly number: string;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly timestamp: string;
  readonly gasUsed: string;
  readonly gasLimit: string;
  readonly stateRoot: Hash;
  readonly transactions: readonly (string | RpcTransaction)[];
}

interface RpcReceipt {
  readonly transactionHash: Hash;
  readonly status: string;
  readonly gasUsed: string;
  readonly contractAddress: Address | null;
}

/** Blocks looked through for transactions before giving up. */
const MAX_SCANNED_BLOCKS = 500;
const SCAN_STEP = 25;
const BATCH = 50;

const hex = (value: number) => `0x${value.toString(16)}`;

/** The newest blocks, newest first. @throws ApiError `CHAIN_UNAVAILABLE` */
export async function recentBlocks(rpcUrl: string, limit: number): Promise<BlockSummary[]> {
  const head = await headNumber(rpcUrl);
  const blocks: BlockSummary[] = [];
  for (let from = head; from >= 0 && blocks.length < limit; from -= BATCH) {
    const count = Math.min(BATCH, limit - blocks.length, from + 1);
    blocks.push(...(await blocksDown(rpcUrl, from, count, false)).map(summariseBlock));
  }
  return blocks;
}

/** The newest transactions, newest first, within the last 500 blocks. @throws ApiError `CHAIN_UNAVAILABLE` */
export async function recentTransactions(
  rpcUrl: string,
  limit: number,
): Promise<TransactionSummary[]> {
  const head = await headNumber(rpcUrl);
  const last = Math.max(0, head - MAX_SCANNED_BLOCKS + 1);
  const found: { block: RpcBlock; transaction: RpcTransaction }[] = [];
  for (let from = head; from >= last && found.length < limit; from -= SCAN_STEP) {
    const count = Math.min(SCAN_STEP, from - last + 1);
    for (const block of await blocksDown(rpcUrl, from, count, true)) {
      const transactions = block.transactions as readonly RpcTransaction[];
      for (const transaction of [...transactions].reverse()) found.push({ block, transaction });
    }
  }
  const wanted = found.slice(0, limit);
  const receipts = (await callNode(
    rpcUrl,
    wanted.map(({ transaction }) => ({
      method: 'eth_getTransactionReceipt',
      params: [transaction.hash],
    })),
  )) as (RpcReceipt | null)[];
  return wanted.flatMap(({ block, transaction }, i) => {
    const receipt = receipts[i];
    return receipt ? summariseTransaction(block, transaction, receipt) : [];
  });
}

async function headNumber(rpcUrl: string): Promise<number> {
  const [number] = await callNode(rpcUrl, [{ method: 'eth_blockNumber', params: [] }]);
  return Number(number);
}

async function blocksDown(rpcUrl: string, from: number, count: number, full: boolean) {
  const calls = Array.from({ length: count }, (_, i) => ({
    method: 'eth_getBlockByNumber',
    params: [hex(from - i), full],
  }));
  return (await callNode(rpcUrl, calls)).filter((block) => block !== null) as RpcBlock[];
}

function summariseBlock(block: RpcBlock): BlockSummary {
  return {
    number: Number(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: Number(block.timestamp),
    gasUsed: Number(block.gasUsed),
    gasLimit: Number(block.gasLimit),
    transactionCount: block.transactions.length,
    stateRoot: block.stateRoot,
  };
}

function summariseTransaction(
  block: RpcBlock,
  transaction: RpcTransaction,
  receipt: RpcReceipt,
): TransactionSummary {
  return {
    hash: transaction.hash,
    blockNumber: Number(block.number),
    blockTimestamp: Number(block.timestamp),
    from: transaction.from,
    to: transaction.to ?? null,
    value: BigInt(transaction.value).toString(),
    nonce: Number(transaction.nonce),
    type: Number(transaction.type),
    status: Number(receipt.status) === 1 ? 'success' : 'reverted',
    gasUsed: Number(receipt.gasUsed),
    createdAddress: receipt.contractAddress ?? null,
  };
}
