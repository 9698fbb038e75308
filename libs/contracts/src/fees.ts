import type { JsonRpcApiProvider } from 'ethers';

/** The fee fields of a transaction, legacy or EIP-1559. */
export type Fees =
  | { readonly type: 0; readonly gasPrice: bigint }
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

const DEFAULT_PRIORITY_FEE = 1_000_000_000n;

async function quantity(provider: JsonRpcApiProvider, method: string): Promise<bigint> {
  return BigInt(await provider.send(method, []));
}

/**
 * Fees that get a transaction into the next blocks: nothing where gas is free (the embedded root,
 * Besu with a zero gas price), legacy before London, otherwise twice the base fee and a tip.
 */
export async function currentFees(provider: JsonRpcApiProvider): Promise<Fees> {
  const [block, gasPrice] = await Promise.all([
    provider.send('eth_getBlockByNumber', ['latest', false]),
    quantity(provider, 'eth_gasPrice'),
  ]);
  const baseFee = block?.baseFeePerGas === undefined ? undefined : BigInt(block.baseFeePerGas);
  if (baseFee === undefined || (baseFee === 0n && gasPrice === 0n)) return { type: 0, gasPrice };
  const tip = await quantity(provider, 'eth_maxPriorityFeePerGas').catch(
    () => DEFAULT_PRIORITY_FEE,
  );
  return { type: 2, maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip };
}

// Nodes replace a pending transaction only for at least 10 % more; the +1 moves small prices too.
function raise(price: bigint): bigint {
  return price + price / 8n + 1n;
}

/** For replacing a transaction that is stuck: above both what it offers and what is asked now. */
export function raisedFees(offered: Fees, asked: Fees): Fees {
  const max = (a: bigint, b: bigint) => (a > b ? a : b);
  if (offered.type === 0) {
    const floor = asked.type === 0 ? asked.gasPrice : asked.maxFeePerGas;
    return { type: 0, gasPrice: max(raise(offered.gasPrice), floor) };
  }
  const cap = asked.type === 2 ? asked.maxFeePerGas : asked.gasPrice;
  const tip = asked.type === 2 ? asked.maxPriorityFeePerGas : 0n;
  const maxFeePerGas = max(raise(offered.maxFeePerGas), cap);
  return {
    type: 2,
    maxFeePerGas,
    maxPriorityFeePerGas: max(raise(offered.maxPriorityFeePerGas), tip),
  };
}
