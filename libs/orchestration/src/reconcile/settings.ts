import { type ChainSettings, type SettingsStatus, settingsHash } from '../spec/chain-settings.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules } from './modules.js';

/**
 * Brings the spec's settings to the running node. What was asked is noted before it is asked: a node may have taken
 * over what was sent before a crash of ours, even when the spec went back to what it was meanwhile.
 * @returns whether the node has them
 */
export async function ensureSettings(
  writer: ChainWriter,
  modules: Pick<ReconcilerModules, 'settings' | 'logger'>,
): Promise<boolean> {
  const { generation, spec } = writer.chain;
  const hash = settingsHash(spec);
  const current = currentSettings(writer);
  if (current.asked === undefined && current.hash === hash) return true;
  if (current.asked !== generation) {
    await writer.setStatus({ settings: { ...current, asked: generation } });
  }
  const changed = modules.settings.change(writer.chain);
  if (changed === undefined) return false;
  const { fromBlock } = changed;
  const status = { ...writer.chain.status, settings: { generation, fromBlock, hash } };
  const data = { generation, fromBlock, ...summary(spec) };
  await writer.write({ status }, [{ type: 'chain.settings', data }]);
  modules.logger.info('settings in force', { chain: writer.chain.name, generation, fromBlock });
  return true;
}

function currentSettings({ chain }: ChainWriter): SettingsStatus {
  return (
    chain.status.settings ?? { generation: 0, fromBlock: 0, hash: settingsHash(chain.genesis) }
  );
}

/** For the event log: lists by their length, null for none. */
function summary({ fees, gasLimit, token, allow, sealing }: ChainSettings) {
  const { deployers, senders } = allow;
  const lengths = { deployers: deployers?.length ?? null, senders: senders?.length ?? null };
  return { fees, gasLimit, token, sealing, allow: lengths };
}
