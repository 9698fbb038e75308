import { RootError, RootErrorCode } from './errors.js';

/**
 * When a block of the root is final: `embedded` at once (our root makes blocks durable), `tag` when
 * the root's own `finalized` has reached it, `depth:n` under n further blocks.
 */
export type RootFinality = 'embedded' | 'tag' | `depth:${number}`;

/** @throws RootError `INVALID_FINALITY` */
export function parseFinality(text: string): RootFinality {
  if (text === 'embedded' || text === 'tag' || /^depth:(0|[1-9]\d{0,5})$/.test(text)) {
    return text as RootFinality;
  }
  throw new RootError(
    RootErrorCode.InvalidFinality,
    `finality is "embedded", "tag" or "depth:<blocks>", not "${text}"`,
  );
}

/** How many blocks must follow; undefined where the root's own tag decides. */
export function finalityDepth(finality: RootFinality): number | undefined {
  if (finality === 'tag') return undefined;
  return finality === 'embedded' ? 0 : Number(finality.slice('depth:'.length));
}
