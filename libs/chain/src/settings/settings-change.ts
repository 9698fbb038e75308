import { failpoint, type Logger } from '@flotilla/common';
import { WriteBatch } from '@flotilla/state';
import type { ChainWriter } from '../execution/chain-writer.js';
import type { Intake } from '../txpool/intake.js';
import { resolveSettings, type ScheduledSettings, type SettingsInput } from './chain-settings.js';
import { sameSettings } from './settings-record.js';
import type { SettingsSchedule } from './settings-schedule.js';

export interface SettingsChangeModules {
  readonly schedule: SettingsSchedule;
  readonly writer: ChainWriter;
  readonly intake: Intake;
  readonly logger: Logger;
}

/**
 * Brings new settings into force at the next block, which is sealed at once: wallets take the fees of their next
 * transaction from the newest block. Repeating it, also after a crash in between, changes nothing more; a generation
 * that was overtaken is ignored.
 * @returns what is in force then
 * @throws ChainError `INVALID_CONFIG`
 */
export async function changeSettings(
  input: SettingsInput,
  generation: number,
  modules: SettingsChangeModules,
): Promise<ScheduledSettings> {
  const { schedule, writer, intake, logger } = modules;
  const settings = resolveSettings(input);
  const { newest } = schedule;
  if (generation > newest.generation) {
    const isNew = !sameSettings(settings, newest.settings);
    const fromBlock = isNew ? writer.nextTemplate().number : newest.fromBlock;
    const batch = new WriteBatch();
    // Also when nothing else differs, so that what was overtaken by it stays without effect.
    schedule.put(batch, { fromBlock, generation, settings });
    await writer.commit(batch);
    schedule.adopt({ fromBlock, generation, settings });
    if (isNew) {
      failpoint('chain.settings-durable');
      logger.info('settings changed', { fromBlock, generation });
      await intake.dropDisallowed();
    }
  }
  if (schedule.newest.fromBlock > writer.head.number) await writer.seal(true);
  return schedule.newest;
}

/** Takes over what another node has scheduled. An equal or earlier generation changes nothing. */
export async function followSettings(
  scheduled: ScheduledSettings,
  { schedule, writer }: Pick<SettingsChangeModules, 'schedule' | 'writer'>,
): Promise<void> {
  if (scheduled.generation <= schedule.newest.generation) return;
  const batch = new WriteBatch();
  schedule.put(batch, scheduled);
  await writer.commit(batch);
  schedule.adopt(scheduled);
}

/** Blocks were taken back: the newest settings are in force from the block to come, not only where they had begun. */
export async function keepSettings({
  schedule,
  writer,
}: Pick<SettingsChangeModules, 'schedule' | 'writer'>): Promise<void> {
  const { newest } = schedule;
  const fromBlock = writer.head.number + 1;
  if (newest.fromBlock <= fromBlock) return;
  const { generation, settings } = newest;
  const batch = new WriteBatch();
  schedule.put(batch, { fromBlock, generation, settings });
  await writer.commit(batch);
  schedule.adopt({ fromBlock, generation, settings });
}
