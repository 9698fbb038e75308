/** When a chain anchors; all figures in blocks and milliseconds. */
export interface CadenceOptions {
  readonly everyBlocks: number;
  readonly everyMs: number;
}

export interface CadenceFacts {
  readonly now: number;
  readonly head: number;
  /** The last block that the newest anchor covers; -1 before the first. */
  readonly lastAnchored: number;
  /** Transactions since then: without one, blocks are empty and no activity. */
  readonly newTransactions: number;
  /** When the last checkpoint was proposed; undefined when none was in this process's life. */
  readonly lastProposedAt: number | undefined;
  /** Somebody asked for everything up to this block; -1 when nobody did. */
  readonly requestedUpTo: number;
}

/**
 * A checkpoint is due every so many blocks, every so often while there is something new, and when
 * asked for. An idle chain sends nothing; the first activity after a pause is anchored at once.
 */
export function isCheckpointDue(options: CadenceOptions, facts: CadenceFacts): boolean {
  const ahead = facts.head - facts.lastAnchored;
  if (ahead <= 0) return false;
  if (facts.requestedUpTo > facts.lastAnchored) return true;
  if (facts.newTransactions <= 0) return false;
  if (ahead >= options.everyBlocks) return true;
  return facts.lastProposedAt === undefined || facts.now - facts.lastProposedAt >= options.everyMs;
}
