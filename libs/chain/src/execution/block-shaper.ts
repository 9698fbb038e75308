import type { WriteBatch } from '@flotilla/state';
import type { Header } from '../block/types.js';
import type { Transaction } from '../transaction/types.js';
import type { BlockTemplate } from './template.js';

/** What somebody outside decides about the blocks that this chain makes: the users of a development chain do. */
export interface BlockShaper {
  /** What the block is to start from. Changes nothing. */
  shape(template: BlockTemplate, parent: Header): BlockTemplate;
  /** A block was made: adds to its own commit what it leaves behind. */
  made(header: Header, transactions: readonly Transaction[], batch: WriteBatch): void;
}
