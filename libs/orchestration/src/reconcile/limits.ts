import { chainLimits, sizeOf } from '../instances/chain-size.js';
import type { InstanceStatus } from '../runtime/runtime-driver.js';
import type { ReconciledStatus } from '../status/chain-status.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules } from './modules.js';

/**
 * Brings the spec's limits to a running instance, without a restart: those of the process to the driver, those that the
 * node enforces to the node. @returns whether the node has them
 */
export async function ensureLimits(
  writer: ChainWriter,
  status: InstanceStatus,
  modules: Pick<ReconcilerModules, 'driver' | 'folders' | 'limits' | 'logger'>,
): Promise<boolean> {
  const { chain } = writer;
  const degraded = await enforce(writer, status, modules);
  await writer.setStatus({ conditions: isolation(writer, degraded) });
  const outcome = modules.limits.change(chain, status);
  if (outcome !== 'changed') return outcome === 'same';
  const { name, generation } = chain;
  const { host, node } = chainLimits(chain);
  const size = sizeOf(chain);
  const data = { generation, size, host, node };
  await writer.write({}, [{ type: 'chain.limits', data }]);
  modules.logger.info('limits in force', { chain: name, generation, size });
  return true;
}

/** Why they are not enforced; undefined when they are. */
async function enforce(
  { chain }: ChainWriter,
  status: InstanceStatus,
  { driver, folders, logger }: Pick<ReconcilerModules, 'driver' | 'folders' | 'logger'>,
): Promise<string | undefined> {
  try {
    await driver.limit(folders.instance(chain));
    return status.degraded;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn('limits not applied', { chain: chain.name, reason });
    return reason;
  }
}

function isolation(
  writer: ChainWriter,
  degraded: string | undefined,
): ReconciledStatus['conditions'] {
  if (degraded === undefined) return writer.without('IsolationDegraded');
  return writer.conditions({
    type: 'IsolationDegraded',
    status: true,
    reason: 'LIMITS_NOT_ENFORCED',
    message: `This host does not enforce all of its limits: ${degraded}.`,
  });
}
