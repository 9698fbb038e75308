import { type BlockId, type ChainView, encodeHeader, encodeReceipt } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { formatBlock } from '../format/block.js';
import { quantity } from '../format/quantity.js';
import { formatReceipt } from '../format/receipt.js';
import type { RpcMethod } from '../method.js';
import { method, optional } from '../params/parser.js';
import { blockId, blockNumber, flag, hash, index } from '../params/values.js';

export function blockMethods(chain: ChainView): RpcMethod[] {
  const formatted = (id: BlockId, full: boolean) => {
    const found = chain.blockOf(id);
    return found === undefined ? null : formatBlock(found, { full, pending: id === 'pending' });
  };
  const gasOf = (id: BlockId) => Number(chain.headerOf(id)?.gasUsed ?? 0n);
  const transactionCount = (id: BlockId) => {
    const count = chain.transactionCount(id);
    return count === undefined ? null : quantity(count);
  };
  const uncleCount = (id: BlockId) => (chain.headerOf(id) === undefined ? null : '0x0');
  const noUncle = () => null;
  const receipts = (id: BlockId) => {
    const header = chain.headerOf(id);
    const found = header === undefined ? undefined : chain.receiptsByNumber(header.number);
    return found === undefined ? null : found.map(formatReceipt);
  };
  const rawReceipts = (id: BlockId) => {
    const header = chain.headerOf(id);
    const found = header === undefined ? undefined : chain.receiptsByNumber(header.number);
    return found === undefined
      ? null
      : found.map((receipt) => bytesToHex(encodeReceipt(receipt.type, receipt)));
  };
  const rlp = (id: BlockId) => {
    const header = chain.headerOf(id);
    return header === undefined ? undefined : chain.blockRlp(header.number);
  };
  const rawHeader = (id: BlockId) => {
    const header = chain.headerOf(id);
    return header === undefined ? null : bytesToHex(encodeHeader(header));
  };

  return [
    method('eth_blockNumber', [], () => quantity(chain.head().number)),
    method(
      'eth_getBlockByNumber',
      [blockNumber, optional(flag, false)],
      ([id, full]) => formatted(id, full),
      { blockGas: ([id]) => gasOf(id) },
    ),
    method(
      'eth_getBlockByHash',
      [hash, optional(flag, false)],
      ([id, full]) => formatted({ hash: id }, full),
      { blockGas: ([id]) => gasOf({ hash: id }) },
    ),
    method('eth_getBlockReceipts', [blockId], ([id]) => receipts(id), {
      blockGas: ([id]) => gasOf(id),
    }),
    method('eth_getBlockTransactionCountByNumber', [blockNumber], ([id]) => transactionCount(id)),
    method('eth_getBlockTransactionCountByHash', [hash], ([id]) => transactionCount({ hash: id })),
    method('eth_getUncleCountByBlockNumber', [blockNumber], ([id]) => uncleCount(id)),
    method('eth_getUncleCountByBlockHash', [hash], ([id]) => uncleCount({ hash: id })),
    method('eth_getUncleByBlockNumberAndIndex', [blockNumber, index], noUncle),
    method('eth_getUncleByBlockHashAndIndex', [hash, index], noUncle),
    method('debug_getRawBlock', [blockId], ([id]) => hexOrNull(rlp(id)), {
      blockGas: ([id]) => gasOf(id),
    }),
    // Invalid blocks are refused, not kept.
    method('debug_getBadBlocks', [], () => []),
    method('debug_getRawReceipts', [blockId], ([id]) => rawReceipts(id), {
      blockGas: ([id]) => gasOf(id),
    }),
    method('debug_getRawHeader', [blockId], ([id]) => rawHeader(id)),
  ];
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : bytesToHex(bytes);
}
