import { createBlockFromRPC } from '@ethereumjs/block';
import { createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common';
import { createMPT } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { bytesToHex, hexToBytes } from '@ethereumjs/util';
import { encodeReceipt } from '@ethereumjs/vm';

/** What a block and its receipts, as JSON-RPC answers them, get wrong when @ethereumjs computes hash and roots. */
export async function blockProblems(
  json: any,
  receipts: readonly any[],
  chainId: number,
): Promise<string[]> {
  const common = createCustomCommon({ chainId }, Mainnet, { hardfork: Hardfork.Prague });
  const block = createBlockFromRPC(json, [], { common });
  const problems: string[] = [];
  const number = Number(json.number);
  if (bytesToHex(block.hash()) !== json.hash) problems.push(`block ${number}: hash`);
  if (!(await block.transactionsTrieIsValid())) problems.push(`block ${number}: transactionsRoot`);
  const trie = await createMPT();
  for (const [index, receipt] of receipts.entries()) {
    const fields = {
      status: Number(receipt.status) as 0 | 1,
      cumulativeBlockGasUsed: BigInt(receipt.cumulativeGasUsed),
      bitvector: hexToBytes(receipt.logsBloom),
      logs: receipt.logs.map((log: any) => [
        hexToBytes(log.address),
        log.topics.map(hexToBytes),
        hexToBytes(log.data),
      ]),
    };
    await trie.put(RLP.encode(index), encodeReceipt(fields, Number(receipt.type) as 0));
  }
  if (bytesToHex(trie.root()) !== json.receiptsRoot) problems.push(`block ${number}: receiptsRoot`);
  return problems;
}
