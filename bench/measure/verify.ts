import { type Hash, keccak256OfHex } from '@flotilla/common';
import { type JsonRpc, JsonRpcError } from '../client/json-rpc.js';
import type { SignedLoad } from '../load/signed-load.js';
import type { SeenBlock } from './block-watch.js';

interface Receipt {
  readonly transactionHash: Hash;
  readonly status: string;
  readonly gasUsed: string;
}

export interface Verification {
  /** Sent, but in no block. */
  readonly missing: number;
  /** In more than one block, or twice in one. */
  readonly doubled: number;
  /** Mined, but its execution failed. */
  readonly failed: number;
}

/** Reads every receipt: each transaction must have been mined exactly once, and have worked. Gas is by block number. */
export async function verifyMined(
  rpc: JsonRpc,
  load: SignedLoad,
  blocks: readonly SeenBlock[],
): Promise<{ verification: Verification; gasUsed: ReadonlyMap<number, number> }> {
  const missing = new Set(load.flat().map((raw) => keccak256OfHex(raw)));
  const gasUsed = new Map<number, number>();
  let doubled = 0;
  let failed = 0;
  for (const { number } of blocks.filter((block) => block.transactions > 0)) {
    for (const receipt of await receiptsOf(rpc, number)) {
      if (!missing.delete(receipt.transactionHash)) doubled++;
      if (receipt.status !== '0x1') failed++;
      gasUsed.set(number, (gasUsed.get(number) ?? 0) + Number(receipt.gasUsed));
    }
  }
  return { verification: { missing: missing.size, doubled, failed }, gasUsed };
}

const BATCH = 100;

async function receiptsOf(rpc: JsonRpc, block: number): Promise<Receipt[]> {
  const tag = `0x${block.toString(16)}`;
  try {
    return await rpc.call<Receipt[]>('eth_getBlockReceipts', tag);
  } catch (error) {
    // Not every node has the method, and not every node gives so large an answer.
    if (!(error instanceof JsonRpcError)) throw error;
  }
  const { transactions } = await rpc.call<{ transactions: Hash[] }>(
    'eth_getBlockByNumber',
    tag,
    false,
  );
  const receipts: Receipt[] = [];
  for (let at = 0; at < transactions.length; at += BATCH) {
    const hashes = transactions.slice(at, at + BATCH).map((hash) => [hash]);
    receipts.push(...(await rpc.batch<Receipt>('eth_getTransactionReceipt', hashes)));
  }
  return receipts;
}
