import type { Chain } from '../chain/chain.js';
import type { ConditionType } from '../status/chain-status.js';
import type { ChainWriter } from './chain-writer.js';

/** The status of a chain of which nothing runs, and why. */
export function stopped(writer: ChainWriter, reason: string, message: string) {
  return {
    nodeRpcUrl: null,
    nodeWsUrl: null,
    instances: [],
    asleep: null,
    conditions: writer
      .conditions({ type: 'Healthy', status: false, reason, message })
      .filter((c) => c.type !== 'CrashLoop'),
  };
}

export function hasCondition({ status }: Chain, type: ConditionType): boolean {
  return status.conditions.some((condition) => condition.type === type && condition.status);
}
