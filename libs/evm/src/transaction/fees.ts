import { Gas } from '../gas.js';
import type { EvmTransaction } from '../types.js';

/** EIP-1559: wei per gas that the transaction pays in the block, base fee included. */
export function effectiveGasPrice(
  tx: Pick<EvmTransaction, 'maxFeePerGas' | 'maxPriorityFeePerGas'>,
  baseFee: bigint,
): bigint {
  const wanted = baseFee + tx.maxPriorityFeePerGas;
  if (wanted > tx.maxFeePerGas) return tx.maxFeePerGas;
  return wanted;
}

export function blobGas(tx: Pick<EvmTransaction, 'blobVersionedHashes'>): bigint {
  return BigInt(Gas.blob * (tx.blobVersionedHashes?.length ?? 0));
}

/** The most that the transaction can cost its sender, the value included: what its balance must cover. */
export function maximumCost(tx: EvmTransaction): bigint {
  const blobCost = blobGas(tx) * (tx.maxFeePerBlobGas ?? 0n);
  return tx.gasLimit * tx.maxFeePerGas + tx.value + blobCost;
}

/** What is taken before the execution: all gas at the effective price, and the blobs. */
export function upfrontCost(tx: EvmTransaction, gasPrice: bigint, blobBaseFee: bigint): bigint {
  return tx.gasLimit * gasPrice + blobGas(tx) * blobBaseFee;
}
