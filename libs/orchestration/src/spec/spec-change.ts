import { OrchestrationError, OrchestrationErrorCode } from '../errors.js';
import type { ChainSpec } from './chain-spec.schema.js';

/** What may change after creation: nothing that genesis or the validity of a block depends on. */
export const MUTABLE_SPEC_FIELDS = ['sealing', 'history', 'checkpoint'] as const;

/** JSON with sorted keys and without undefined: equal specs have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

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
