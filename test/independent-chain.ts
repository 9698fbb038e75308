import { createBlockFromRPC } from '@ethereumjs/block';
import { createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common';
import { createMPT } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { MerkleStateManager } from '@ethereumjs/statemanager';
import { bytesToHex, createAccount, createAddressFromString, hexToBytes } from '@ethereumjs/util';
import { createVM, encodeReceipt, runBlock } from '@ethereumjs/vm';
import { devWallet } from './accounts.js';
import type { Stack } from './stack.js';

const predeploys = [
  '0x000f3df6d732807ef1319fb7b8bb8522d0beac02',
  '0x0000f90827f1c53a10cb7a02335b175320002935',
  '0x00000961ef480eb55e80d19ad83579a64c007002',
  '0x0000bbddc7ce488642fb579f8b00f3a590007251',
  '0x4e59b44847b379578588920ca78fbf26c0b4956c',
  '0xca11bde05977b3631167028862be2a173976ca11',
];

/**
 * Re-executes a chain from its genesis with @ethereumjs/vm and compares what that library computes with
 * what the chain's blocks say. Genesis accounts are read over JSON-RPC and checked through the state root.
 */
export async function recomputeChain(
  stack: Stack,
  chain: string,
): Promise<{ blocks: number; mismatches: string[] }> {
  const chainId = Number(await stack.rpc(chain, 'eth_chainId'));
  const common = createCustomCommon({ chainId }, Mainnet, { hardfork: Hardfork.Prague });
  const stateManager = new MerkleStateManager({ common });
  const funded = Array.from({ length: 20 }, (_, index) => devWallet(index).address.toLowerCase());
  for (const address of [...predeploys, ...funded]) {
    const balance = BigInt(await stack.rpc(chain, 'eth_getBalance', [address, 'earliest']));
    const nonce = BigInt(await stack.rpc(chain, 'eth_getTransactionCount', [address, 'earliest']));
    const code = await stack.rpc(chain, 'eth_getCode', [address, 'earliest']);
    if (balance === 0n && nonce === 0n && code === '0x') continue;
    const key = createAddressFromString(address);
    await stateManager.putAccount(key, createAccount({ balance, nonce }));
    if (code !== '0x') await stateManager.putCode(key, hexToBytes(code));
  }
  await stateManager.flush();

  const mismatches: string[] = [];
  const compare = (number: number, what: string, ours: string, theirs: string) => {
    if (ours !== theirs)
      mismatches.push(`block ${number}: ${what} is ${ours}, independently ${theirs}`);
  };
  const genesis = await stack.rpc(chain, 'eth_getBlockByNumber', ['earliest', false]);
  compare(0, 'stateRoot', genesis.stateRoot, bytesToHex(await stateManager.getStateRoot()));

  const vm = await createVM({ common, stateManager });
  const hashes = new Map<bigint, Uint8Array>([[0n, hexToBytes(genesis.hash)]]);
  (vm.blockchain as any).getBlock = async (id: bigint) => ({ hash: () => hashes.get(BigInt(id)) });
  const head = Number(await stack.rpc(chain, 'eth_blockNumber'));
  for (let number = 1; number <= head; number++) {
    const json = await stack.rpc(chain, 'eth_getBlockByNumber', [`0x${number.toString(16)}`, true]);
    const block = createBlockFromRPC(json, [], { common });
    hashes.set(BigInt(number), block.hash());
    compare(number, 'hash', json.hash, bytesToHex(block.hash()));
    if (!(await block.transactionsTrieIsValid()))
      mismatches.push(`block ${number}: transactionsRoot`);
    const result = await runBlock(vm, {
      block,
      skipHeaderValidation: true,
      skipBlockValidation: true,
      generate: true,
      skipHardForkValidation: true,
    });
    compare(number, 'stateRoot', json.stateRoot, bytesToHex(result.stateRoot));
    compare(number, 'receiptsRoot', json.receiptsRoot, bytesToHex(result.receiptsRoot));
    compare(number, 'gasUsed', BigInt(json.gasUsed).toString(), result.gasUsed.toString());

    const receipts = await createMPT();
    for (const [index, receipt] of result.receipts.entries()) {
      await receipts.put(RLP.encode(index), encodeReceipt(receipt, block.transactions[index].type));
    }
    compare(
      number,
      'receiptsRoot of the encoded receipts',
      json.receiptsRoot,
      bytesToHex(receipts.root()),
    );
  }
  return { blocks: head, mismatches };
}
