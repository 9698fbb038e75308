import type { Blockchain } from '@flotilla/chain';
import { bytesToHex, type Clock, type Hash, type Logger, sleep } from '@flotilla/common';
import { Messages, type Messaging, MessagingError, MessagingErrorCode } from '@flotilla/messaging';
import { z } from 'zod';
import { errorFields } from '../errors.js';
import type { RecordFile } from '../files/json-file.js';

/** How far the stream has this chain's blocks. */
export interface AnnouncedState {
  /** The next block to announce. */
  readonly next: number;
  /** The stream's sequence number of the last one; a lower one later means that the stream was wiped. */
  readonly sequence: number;
  /** Of block 0: the record is another chain's otherwise. */
  readonly genesis: Hash;
}

const announcedSchema = z.object({
  next: z.number().int().nonnegative(),
  sequence: z.number().int().nonnegative(),
  genesis: z.string(),
});

export function parseAnnouncedState(value: unknown): AnnouncedState {
  return announcedSchema.parse(value) as AnnouncedState;
}

export interface BlockAnnouncerModules {
  readonly chain: Blockchain;
  readonly messaging: Messaging;
  readonly state: RecordFile<AnnouncedState>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SAVE_EVERY_MS = 5_000;
const STOP_GRACE_MS = 1_000;
const RETRY_MS = 1_000;

/**
 * Brings every block to JetStream, in order and at least once. There is no queue to overflow: the
 * chain's own store is the outbox, and a number says how far it is sent.
 */
export class BlockAnnouncer {
  #state: AnnouncedState;
  #savedAt = 0;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  readonly #unsubscribe: () => void;
  readonly #stopFollowing: () => void;

  constructor(
    private readonly options: { readonly chain: string },
    private readonly modules: BlockAnnouncerModules,
  ) {
    const genesis = modules.chain.identity.genesisHash;
    const saved = this.#saved();
    this.#state = saved?.genesis === genesis ? saved : { next: 0, sequence: 0, genesis };
    const { events } = modules.chain;
    this.#unsubscribe = events.on('block', () => this.wake());
    this.#stopFollowing = events.on('rewritten', ({ number }) => this.#goBack(number));
  }

  /** A record that a power cut spoiled is no loss: the stream drops what it has already. */
  #saved(): AnnouncedState | undefined {
    try {
      return this.modules.state.load();
    } catch (error) {
      this.modules.logger.warn('announcing every block again', errorFields(error));
      return undefined;
    }
  }

  start(): void {
    this.#running = this.#run();
  }

  /** NATS may have been wiped meanwhile: repeating the last block shows it, and is dropped if not. */
  reconnected(): void {
    this.#state = { ...this.#state, next: Math.max(0, this.#state.next - 1) };
    this.wake();
  }

  /** There may be something to send now. */
  wake(): void {
    this.#wake?.();
  }

  /** How many durable blocks the stream doesn't have yet. */
  get backlog(): number {
    return this.modules.chain.head().number + 1 - this.#state.next;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#stopFollowing();
    this.wake();
    // An answer that doesn't come is no reason to stay: the block is announced after the restart.
    await Promise.race([this.#running, sleep(this.modules.clock, STOP_GRACE_MS)]);
    this.modules.state.save(this.#state);
  }

  /** Blocks were taken back: others of the same numbers are to be announced. */
  #goBack(head: number): void {
    this.#state = { ...this.#state, next: Math.min(this.#state.next, head + 1) };
  }

  async #run(): Promise<void> {
    const { chain, messaging, clock, logger } = this.modules;
    while (!this.#stopped) {
      if (!messaging.connected || this.#state.next > chain.head().number) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      try {
        await this.#announce(this.#state.next);
      } catch (error) {
        if (!(error instanceof MessagingError) || !error.retryable) {
          logger.error('block not announced', { number: this.#state.next, ...errorFields(error) });
        }
        await sleep(clock, RETRY_MS);
      }
    }
  }

  async #announce(number: number): Promise<void> {
    const { chain, messaging, logger } = this.modules;
    const header = chain.headerByNumber(number);
    const rlp = chain.blockRlp(number);
    if (header === undefined || rlp === undefined) return this.#advance(number, 0);
    const { hash } = header;
    const epoch = epochOf(header.extraData);
    try {
      const ack = await messaging.publishDurable(
        Messages.blockSealed,
        this.options.chain,
        { number, hash, rlp: bytesToHex(rlp), epoch },
        { dedupeId: `${this.options.chain}-${number}-${hash}` },
      );
      if (ack.sequence < this.#state.sequence && !ack.duplicate) {
        logger.warn('the block stream was wiped, sending everything again', { number });
        this.#state = { ...this.#state, next: 0, sequence: ack.sequence };
        return;
      }
      this.#advance(number, ack.duplicate ? 0 : ack.sequence);
    } catch (error) {
      if (!(error instanceof MessagingError) || error.code !== MessagingErrorCode.PayloadTooLarge) {
        throw error;
      }
      logger.warn('block is larger than NATS takes, consumers must fetch it', { number });
      this.#advance(number, 0);
    }
  }

  /** Past a block that was sent, unless the way has led back meanwhile. */
  #advance(sent: number, sequence: number): void {
    const { next } = this.#state;
    this.#state = {
      ...this.#state,
      next: next === sent ? next + 1 : next,
      sequence: Math.max(sequence, this.#state.sequence),
    };
    const now = this.modules.clock.now();
    if (now - this.#savedAt < SAVE_EVERY_MS) return;
    this.#savedAt = now;
    this.modules.state.save(this.#state);
  }
}

/** The producer's epoch: the last 8 bytes of `extraData`; genesis has none. */
function epochOf(extraData: string): number {
  return extraData.length === 34 ? Number(BigInt(`0x${extraData.slice(18)}`)) : 0;
}
