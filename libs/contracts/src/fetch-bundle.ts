import { anchorSlot, buildBundle, type RpcBlock, type RpcProof } from '@flotilla/anchoring';
import { type Address, bigIntToHex, type Hex } from '@flotilla/common';
import { type BlockTag, type JsonRpcApiProvider, toQuantity } from 'ethers';
import { onRoot, toRpcError } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';
import { RootReader } from './root-reader.js';

export interface BundleRequest {
  readonly rootProvider: JsonRpcApiProvider;
  /** The micro chain's endpoint; it must still hold the state after the checkpoint's last block. */
  readonly chainProvider: JsonRpcApiProvider;
  readonly chainId: number;
  /** Of the checkpoint. */
  readonly index: number;
  /** What to prove besides the checkpoint: an account, present or absent … */
  readonly account?: Address;
  /** … and slots of it, at most 32 bytes each. */
  readonly slots?: readonly Hex[];
  /** The root's block to prove against, which the verifier has to trust. Default `latest`. */
  readonly rootBlock?: BlockTag;
  /** Default: the CREATE2 address. */
  readonly checkpointManager?: Address;
}

type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>;

async function block(ask: Ask, tag: string): Promise<RpcBlock & { readonly number: string }> {
  const found = await ask('eth_getBlockByNumber', [tag, false]);
  if (found === null) {
    throw new RootError(RootErrorCode.RpcError, `there is no block ${tag} to prove against`);
  }
  return found as RpcBlock & { readonly number: string };
}

// Some nodes refuse slots that are not written in full.
function proof(ask: Ask, address: Address, slots: readonly bigint[], at: string) {
  const keys = slots.map((slot) => bigIntToHex(slot, 32));
  return ask('eth_getProof', [address, keys, at]) as Promise<RpcProof>;
}

const toTag = (tag: BlockTag) => (typeof tag === 'string' ? tag : toQuantity(tag));

/**
 * Collects from the root and from the chain what proves a checkpoint, and an account with slots after
 * its last block, and puts it into a bundle that was verified once. Both nodes can only make it fail:
 * trust lies in the root block's hash, which the verifier must have from elsewhere.
 * @returns the canonical text for `verifyBundle`
 * @throws RootError `ANCHOR_UNKNOWN`, `ROOT_UNREACHABLE`, `CHAIN_RPC_ERROR` when the chain's node lacks
 * the state (history pruned) or does not answer; AnchoringError when the answers prove nothing
 */
export async function fetchBundle(request: BundleRequest): Promise<string> {
  const { rootProvider, chainProvider, chainId, index, account, slots = [] } = request;
  const { checkpointManager } = request;
  const askRoot: Ask = (method, params) => onRoot(() => rootProvider.send(method, [...params]));
  const askChain: Ask = async (method, params) => {
    try {
      return await chainProvider.send(method, [...params]);
    } catch (error) {
      throw toRpcError(RootErrorCode.ChainRpcError, `chain ${chainId}`, error);
    }
  };

  const reader = new RootReader({ checkpointManager }, rootProvider);
  const { checkpoint } = await reader.anchor(chainId, index);
  const rootBlock = await block(askRoot, toTag(request.rootBlock ?? 'latest'));
  const lastBlock = toQuantity(checkpoint.lastBlock);
  const [rootProof, chainBlock, chainProof] = await Promise.all([
    proof(askRoot, reader.checkpointManager, [anchorSlot(chainId, index)], rootBlock.number),
    block(askChain, lastBlock),
    account === undefined ? undefined : proof(askChain, account, slots.map(BigInt), lastBlock),
  ]);
  return buildBundle({
    rootBlock,
    rootProof,
    checkpoint,
    chainBlock,
    chainProof,
    checkpointManager,
  });
}
