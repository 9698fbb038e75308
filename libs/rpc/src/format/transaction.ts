import type { Transaction, TransactionLookup, UnsignedTransaction } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { quantity } from './quantity.js';

/** What the sender pays per gas: in a block by its base fee, before that the cap. */
function effectiveGasPrice({ transaction, block }: TransactionLookup): bigint {
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction;
  if (block === undefined) return maxFeePerGas;
  const price = block.baseFeePerGas + maxPriorityFeePerGas;
  if (price > maxFeePerGas) return maxFeePerGas;
  return price;
}

function formatAuthorizations(transaction: Pick<Transaction, 'authorizationList'>) {
  return transaction.authorizationList.map((authorization) => ({
    chainId: quantity(authorization.chainId),
    address: authorization.address,
    nonce: quantity(authorization.nonce),
    yParity: quantity(authorization.yParity),
    r: quantity(authorization.r),
    s: quantity(authorization.s),
  }));
}

/** The fields that only some types have, and that geth leaves out elsewhere. */
function typedFields(transaction: Transaction): Record<string, unknown> {
  const { type } = transaction;
  if (type === 0) {
    return transaction.chainId === undefined ? {} : { chainId: quantity(transaction.chainId) };
  }
  const fields: Record<string, unknown> = {
    chainId: quantity(transaction.chainId ?? 0n),
    accessList: transaction.accessList,
    yParity: quantity(transaction.yParity),
  };
  if (type >= 2) {
    fields.maxFeePerGas = quantity(transaction.maxFeePerGas);
    fields.maxPriorityFeePerGas = quantity(transaction.maxPriorityFeePerGas);
  }
  if (type === 3) {
    fields.maxFeePerBlobGas = quantity(transaction.maxFeePerBlobGas ?? 0n);
    fields.blobVersionedHashes = transaction.blobVersionedHashes;
  }
  if (type === 4) fields.authorizationList = formatAuthorizations(transaction);
  return fields;
}

/** As geth's `RPCTransaction`: the block's fields are null while the transaction is pooled. */
export function formatTransaction(lookup: TransactionLookup): Record<string, unknown> {
  const { transaction, block } = lookup;
  return {
    blockHash: block?.hash ?? null,
    blockNumber: block === undefined ? null : quantity(block.number),
    blockTimestamp: block === undefined ? null : quantity(block.timestamp),
    from: transaction.from,
    gas: quantity(transaction.gasLimit),
    gasPrice: quantity(effectiveGasPrice(lookup)),
    hash: transaction.hash,
    input: bytesToHex(transaction.data),
    nonce: quantity(transaction.nonce),
    to: transaction.to ?? null,
    transactionIndex: block === undefined ? null : quantity(block.index),
    value: quantity(transaction.value),
    type: quantity(transaction.type),
    ...typedFields(transaction),
    v: quantity(transaction.v),
    r: quantity(transaction.r),
    s: quantity(transaction.s),
  };
}

/** As the specification's `FilledTransaction`: nothing of a signature or a block; `gasPrice` is the cap. */
export function formatUnsigned(transaction: UnsignedTransaction): Record<string, unknown> {
  const { type, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  return {
    type: quantity(type),
    chainId: quantity(transaction.chainId),
    nonce: quantity(transaction.nonce),
    to: transaction.to ?? null,
    gas: quantity(transaction.gasLimit),
    value: quantity(transaction.value),
    input: bytesToHex(transaction.data),
    gasPrice: quantity(maxFeePerGas),
    ...(type >= 1 && { accessList: transaction.accessList }),
    ...(type >= 2 && {
      maxFeePerGas: quantity(maxFeePerGas),
      maxPriorityFeePerGas: quantity(maxPriorityFeePerGas),
    }),
    ...(type === 4 && { authorizationList: formatAuthorizations(transaction) }),
  };
}
