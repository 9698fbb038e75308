import { DiscardPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { Messages } from './messages.js';
import type { Messaging } from './messaging.js';
import { ANY_CHAIN, buildSubject } from './subjects.js';

/** Every sealed block of every chain, for those who join late. Lives in the control account. */
export const BLOCKS_STREAM = 'BLOCKS';

const GIBIBYTE = 1024 ** 3;
const DEDUPE_WINDOW_NANOS = 120 * 1_000_000_000;

/** Creates the streams, or brings them up to date. Idempotent. Needs the control account. */
export async function ensureStreams(
  messaging: Messaging,
  options: { maxBytes?: number } = {},
): Promise<void> {
  const manager = await jetstreamManager(messaging.connection);
  const config = {
    subjects: [buildSubject({ ...Messages.blockSealed, chain: ANY_CHAIN })],
    retention: RetentionPolicy.Limits,
    // The oldest go first: chains keep their own blocks, and consumers refill from them.
    discard: DiscardPolicy.Old,
    storage: StorageType.File,
    max_bytes: options.maxBytes ?? 4 * GIBIBYTE,
    duplicate_window: DEDUPE_WINDOW_NANOS,
    num_replicas: 1,
  };
  const exists = await manager.streams.info(BLOCKS_STREAM).then(
    () => true,
    () => false,
  );
  if (exists) await manager.streams.update(BLOCKS_STREAM, config);
  else await manager.streams.add({ name: BLOCKS_STREAM, ...config });
}
