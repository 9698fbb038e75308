import type { Chain } from '../chain/chain.js';
import type { ChainSpec } from '../spec/chain-spec.schema.js';

const DEV_AFTER_SECONDS = 600;

/** After how many seconds without use a chain goes to sleep; null: never. */
export function sleepAfterSeconds(
  { sleep }: Pick<ChainSpec, 'sleep'>,
  profile: 'dev' | 'production',
): number | null {
  if (sleep.afterSeconds !== undefined) return sleep.afterSeconds;
  return profile === 'dev' ? DEV_AFTER_SECONDS : null;
}

/** Whether a chain is to go to sleep that has not been used for so long. Where the root is away it stays: it could not say so there. */
export function isIdle(
  { desired, spec, status, generation, observedGeneration }: Chain,
  idleMs: number,
  profile: 'dev' | 'production',
): boolean {
  const seconds = sleepAfterSeconds(spec, profile);
  if (seconds === null || idleMs < seconds * 1_000) return false;
  if (spec.runtime !== 'managed' || desired !== 'running') return false;
  if (status.phase !== 'Running' || generation !== observedGeneration) return false;
  return !status.conditions.some((c) => c.type === 'AnchoringDelayed' && c.status);
}
