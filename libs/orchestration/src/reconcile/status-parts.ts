import type { Chain } from '../chain/chain.js';
import type { InstanceStatus } from '../runtime/runtime-driver.js';
import type { ConditionType, InstanceView } from '../status/chain-status.js';
import type { ChainWriter } from './chain-writer.js';

/** The status of a chain of which nothing runs, and why. */
export function stopped(writer: ChainWriter, reason: string, message: string) {
  return {
    nodeRpcUrl: null,
    nodeWsUrl: null,
    instances: [],
    asleep: null,
    replicas: [],
    // It comes back alone, in its owner's size: everything more asks for room again.
    scale: { replicas: 0 },
    conditions: writer
      .conditions({ type: 'Healthy', status: false, reason, message })
      .filter((c) => c.type !== 'CrashLoop'),
  };
}

export function instanceView(
  status: InstanceStatus,
  role: InstanceView['role'],
): InstanceView | undefined {
  if (status.pid === undefined) return undefined;
  const startedAt = new Date(status.startedAt ?? 0).toISOString();
  return { id: status.instance, pid: status.pid, role, startedAt };
}

/** Whether nothing speaks against the next start: it had served, or somebody killed it while it came up. */
export function wasSound({ signal, outOfMemory }: InstanceStatus, hadServed: boolean): boolean {
  return hadServed || (signal === 'SIGKILL' && !outOfMemory);
}

export function hasCondition({ status }: Chain, type: ConditionType): boolean {
  return status.conditions.some((condition) => condition.type === type && condition.status);
}
