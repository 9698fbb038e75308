import { FlotillaError } from '@flotilla/common';

export enum NodeErrorCode {
  /** node.json is missing, isn't JSON, or breaks the schema. */
  InvalidConfig = 'NODE_CONFIG_INVALID',
  /** A file of the node (key, anchoring record) can't be read as what it must be. */
  CorruptFile = 'NODE_FILE_CORRUPT',
  /** The root's answers contradict this chain's own blocks. */
  ForkedFromRoot = 'FORKED_FROM_ROOT',
  /** A follower and its producer differ in genesis. */
  OtherChain = 'OTHER_CHAIN',
  /** A follower and its producer have different blocks of one number. */
  Forked = 'FORKED',
  /** Somebody else has been granted a higher epoch. */
  StaleProducer = 'STALE_PRODUCER',
  /** The producer does not answer its follower; retryable. */
  ProducerAway = 'PRODUCER_AWAY',
  /** The follower has not come to the block that the request builds on; retryable. */
  NotCaughtUp = 'NOT_CAUGHT_UP',
  /** A development chain's users bent its state or history: it is anchored no more. */
  Tampered = 'TAMPERED',
}

export class NodeError extends FlotillaError<NodeErrorCode> {}

/** How a node's process ends; drivers and supervisors act on these. */
export const ExitCode = {
  Clean: 0,
  Crash: 1,
  /** EX_USAGE: starting it again with the same arguments and configuration is pointless. */
  BadConfig: 64,
  /** EX_SOFTWARE: durability is unknown, only a restart from disk is safe. */
  FatalStorage: 70,
  /** The right to produce is another instance's now, or the data folder is: a restart finds its new role. */
  Deposed: 69,
  /** EX_TEMPFAIL: the data folder is in use. */
  LockHeld: 75,
} as const;

/** An error as log fields. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = error instanceof FlotillaError ? error.code : undefined;
  const cause = error.cause === undefined ? undefined : String(error.cause);
  return { error: error.message, code, cause, stack: error.stack };
}
