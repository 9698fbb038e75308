import { OrchestrationError, OrchestrationErrorCode } from '../errors.js';
import { canonicalJson } from './canonical-json.js';
import { SETTINGS_FIELDS } from './chain-settings.js';
import type { ChainSpec } from './chain-spec.schema.js';

/**
 * What may change after creation: how the node works, for which it restarts; the settings, which the running chain
 * takes over from a block on; and size and limits, which bind a running chain at once.
 */
export const MUTABLE_SPEC_FIELDS = [
  'history',
  'checkpoint',
  'size',
  'limits',
  'sleep',
  'access',
  'scale',
  'failover',
  ...SETTINGS_FIELDS,
] as const;

export function sameSpec(a: ChainSpec, b: ChainSpec): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** @throws OrchestrationError `SPEC_FIELD_IMMUTABLE` naming the fields */
export function assertMutableChange(before: ChainSpec, after: ChainSpec): void {
  const mutable: readonly string[] = MUTABLE_SPEC_FIELDS;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof ChainSpec>;
  const changed = [...keys].filter(
    (key) => !mutable.includes(key) && canonicalJson(before[key]) !== canonicalJson(after[key]),
  );
  if (changed.length === 0) return;
  throw new OrchestrationError(
    OrchestrationErrorCode.SpecFieldImmutable,
    `fixed since genesis: ${changed.join(', ')}`,
    { data: { fields: changed } },
  );
}
