import type { Condition, ConditionType } from './chain-status.js';

export type ConditionChange = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * The list with one condition set; `lastTransitionAt` moves only when `status` flips. Returns the
 * same array when nothing changed, so that callers can tell.
 */
export function setCondition(
  conditions: readonly Condition[],
  change: ConditionChange,
  nowMs: number,
): readonly Condition[] {
  const current = conditions.find((c) => c.type === change.type);
  if (!current && !change.status && change.reason === '') return conditions;
  if (
    current &&
    current.status === change.status &&
    current.reason === change.reason &&
    current.message === change.message
  ) {
    return conditions;
  }
  const lastTransitionAt =
    current?.status === change.status ? current.lastTransitionAt : new Date(nowMs).toISOString();
  const next: Condition = { ...change, lastTransitionAt };
  return current
    ? conditions.map((c) => (c.type === change.type ? next : c))
    : [...conditions, next];
}

/** The list without one condition, the same array when it was not there. */
export function dropCondition(
  conditions: readonly Condition[],
  type: ConditionType,
): readonly Condition[] {
  return conditions.some((c) => c.type === type)
    ? conditions.filter((c) => c.type !== type)
    : conditions;
}
