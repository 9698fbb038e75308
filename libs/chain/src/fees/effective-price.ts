interface FeeCaps {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** Wei per gas that goes to the coinbase; negative when the fee cap is below the base fee. */
export function effectiveTip(tx: FeeCaps, baseFee: bigint): bigint {
  const room = tx.maxFeePerGas - baseFee;
  if (room < tx.maxPriorityFeePerGas) return room;
  return tx.maxPriorityFeePerGas;
}

/** EIP-1559: base fee + tip, never more than the fee cap. */
export function effectiveGasPrice(tx: FeeCaps, baseFee: bigint): bigint {
  return baseFee + effectiveTip(tx, baseFee);
}
