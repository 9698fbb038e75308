import { leaseOf, standbyOf } from '../instances/instances.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules } from './modules.js';
import { identified } from './provision.js';

type Modules = Pick<ReconcilerModules, 'driver' | 'folders' | 'logger' | 'probe' | 'root'>;

/**
 * Puts the standby in the place of a producer that is lost, if the standby has all that was promised. The root grants
 * the higher epoch first: what the old one still does is refused by it, by followers and by gateways alike.
 * @returns whether there is another producer now
 */
export async function takeOver(
  writer: ChainWriter,
  reason: string,
  modules: Modules,
): Promise<boolean> {
  const { chain } = writer;
  if (!chain.spec.failover || chain.chainId === null) return false;
  const { driver, folders, logger, probe, root } = modules;
  const lease = leaseOf(chain);
  const id = standbyOf(chain);
  const standby = await driver.inspect(folders.replica(chain, id));
  if (standby.state !== 'running' || standby.rpcUrl === undefined) return false;
  const report = await probe.instance(standby);
  const { paired = false, refused } = report?.following ?? {};
  if (!paired || refused !== undefined || report?.epoch !== lease.epoch) {
    logger.warn('the standby can not take over', { chain: chain.name, standby: id, ...report });
    return false;
  }
  const epoch = await root.grantEpochAbove(identified(chain).chainId, lease.epoch);
  const status = {
    ...chain.status,
    lease: { instance: id, epoch },
    nodeRpcUrl: standby.rpcUrl,
    nodeWsUrl: standby.wsUrl ?? null,
    replicas: [],
  };
  const data = { from: lease.instance, to: id, epoch, reason };
  await writer.write({ status }, [{ type: 'chain.failover', data }]);
  await folders.writeLease(writer.chain, id, standby);
  logger.warn('the standby takes over', { chain: chain.name, ...data });
  return true;
}
