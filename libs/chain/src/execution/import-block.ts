import { EvmError } from '@flotilla/evm';
import { decodeEpoch } from '../block/header.js';
import type { Header, HeaderFields } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { withSender } from '../transaction/sender.js';
import type { SignedTransaction, Transaction } from '../transaction/types.js';
import type { BlockExecution } from './block-execution.js';
import type { Slices } from './slices.js';
import {
  type BlockTemplate,
  completeHeader,
  type TemplateSource,
  templateAfter,
} from './template.js';

/** How far a producer's clock may be ahead of ours, in seconds. */
export const MAX_AHEAD_SECONDS = 15;

export function invalidBlock(why: string, cause?: unknown): ChainError {
  return new ChainError(ChainErrorCode.InvalidBlock, `invalid block: ${why}`, { cause });
}

/** Names of the fields in which two headers differ. */
function differences(ours: HeaderFields, theirs: HeaderFields): string[] {
  return Object.keys(ours).filter(
    (name) => ours[name as keyof HeaderFields] !== theirs[name as keyof HeaderFields],
  );
}

/**
 * What the producer must have started from, given the parent; its clock and epoch are its own, within bounds.
 * @throws ChainError `INVALID_BLOCK`, `UNKNOWN_PARENT`, `STALE_EPOCH`
 */
export function checkHeader(
  header: Header,
  parent: Header,
  source: TemplateSource,
  known: { readonly epoch: number; readonly nowSeconds: number },
): BlockTemplate {
  if (header.parentHash !== parent.hash) {
    throw new ChainError(
      ChainErrorCode.UnknownParent,
      `block ${header.number} does not follow block ${parent.number}`,
      { retryable: true },
    );
  }
  const epoch = decodeEpoch(header.extraData);
  if (epoch === undefined) throw invalidBlock('the extra data carries no epoch');
  const parentEpoch = decodeEpoch(parent.extraData) ?? 0;
  const newestEpoch = Math.max(known.epoch, parentEpoch);
  if (epoch < newestEpoch) {
    throw new ChainError(
      ChainErrorCode.StaleEpoch,
      `block ${header.number} is of epoch ${epoch}, we know ${newestEpoch}`,
    );
  }
  if (header.timestamp < parent.timestamp) throw invalidBlock('older than its parent');
  if (header.timestamp > known.nowSeconds + MAX_AHEAD_SECONDS)
    throw invalidBlock('from the future');
  return templateAfter(parent, source, { epoch, nowSeconds: header.timestamp });
}

/** @throws ChainError `INVALID_BLOCK` */
export async function recoverSenders(
  transactions: readonly SignedTransaction[],
  chainId: number,
  slices: Slices,
): Promise<Transaction[]> {
  const recovered: Transaction[] = [];
  for (const tx of transactions) {
    const turn = slices.turn();
    if (turn !== undefined) await turn;
    try {
      recovered.push(withSender(tx, BigInt(chainId)));
    } catch (error) {
      throw invalidBlock(`transaction ${tx.hash} has no valid sender`, error);
    }
  }
  return recovered;
}

/** @throws ChainError `INVALID_BLOCK` when a transaction of the block can't be executed */
export async function executeAll(
  block: BlockExecution,
  transactions: readonly Transaction[],
  slices: Slices,
): Promise<void> {
  for (const tx of transactions) {
    const turn = slices.turn();
    if (turn !== undefined) await turn;
    if (tx.type === 3) throw invalidBlock(`transaction ${tx.hash} carries blobs`);
    if (tx.gasLimit > block.gasLeft) throw invalidBlock('its transactions exceed the gas limit');
    try {
      block.execute(tx);
    } catch (error) {
      if (!(error instanceof EvmError || error instanceof ChainError)) throw error;
      throw invalidBlock(`transaction ${tx.hash} is invalid: ${error.message}`, error);
    }
  }
}

/** @throws ChainError `INVALID_BLOCK` unless our execution leads to exactly this header */
export function compareWithExecution(
  header: Header,
  block: BlockExecution,
  executed: Parameters<typeof completeHeader>[1],
): void {
  const differing = differences(completeHeader(block.template, executed), header);
  if (differing.length === 0) return;
  throw invalidBlock(`we come to another ${differing.join(', ')}`);
}
