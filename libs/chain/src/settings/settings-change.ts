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
  if (generation > newest.generation && !sameSettings(settings, newest.settings)) {
    const scheduled = { fromBlock: writer.nextTemplate().number, generation, settings };
    const batch = new WriteBatch();
    schedule.put(batch, scheduled);
    await writer.commit(batch);
    schedule.adopt(scheduled);
    failpoint('chain.settings-durable');
    logger.info('settings changed', { fromBlock: scheduled.fromBlock, generation });
    intake.dropDisallowed();
  }
  if (schedule.newest.fromBlock > writer.head.number) await writer.seal(true);
  return schedule.newest;
}
