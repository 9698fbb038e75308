import { join } from 'node:path';
import type { Blockchain, ConfirmBlock, TransactionJournal } from '@flotilla/chain';
import { TransactionBatch } from '@flotilla/chain';
import type { Clock, Logger, Random } from '@flotilla/common';
import { FileJournal } from '@flotilla/store';
import { z } from 'zod';
import { errorFields } from '../errors.js';
import { loadOrCreateCommitteeKey } from '../files/committee-key.js';
import { JsonFile } from '../files/json-file.js';
import { Repeater } from '../link/repeater.js';
import { Follower, type Refusal } from './follower.js';
import { Forwarder } from './forwarder.js';
import { type Lease, loadLease } from './lease-file.js';
import { PeerServer } from './peer-server.js';
import { peerToken } from './peer-token.js';
import { Producer } from './producer.js';
import { ProducerLink } from './producer-link.js';
import { type Pairing, Standby, sharedJournal } from './standby.js';

export interface ReplicationOptions {
  readonly folder: string;
  /** Where peers are served. */
  readonly host: string;
  readonly instance: string;
  /** The chain commits nothing that its standby doesn't hold. */
  readonly failover: boolean;
  /** As long as it follows, this instance is that standby. */
  readonly standby: boolean;
}

export interface ReplicationModules {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface ReplicationHooks {
  readonly chain: Blockchain;
  /** What is known of the anchors. */
  readonly anchoring: () => unknown;
  /** The producer's word on the anchors. */
  readonly onAnchoring: (state: unknown) => void;
  /** This instance produces from now on. */
  readonly onPromoted: () => Promise<void>;
  /** So many threads for calls from now on. */
  readonly onScaled: (workers: number) => void;
  /** Another one may produce now: this process must end at once. */
  readonly onDeposed: (why: string) => void;
  /** It follows no more, and must not serve any more. */
  readonly onRefused: (refusal: Refusal) => void;
}

const LEASE_MS = 200;
/** Where nobody can take over, and nobody is followed. */
const UNCONTESTED_LEASE_MS = 2_000;
const RECORD_TRANSACTIONS = 256;

const pairingSchema = z.object({ epoch: z.number().int().positive() });

/** One instance of a chain among its others: the producer, or a follower until the lease makes it one. */
export class Replication {
  #lease: Lease;
  #isFollower: boolean;
  #hooks: ReplicationHooks | undefined;
  #producer: Producer | undefined;
  #follower: Follower | undefined;
  #peers: PeerServer | undefined;
  #proposals: FileJournal | undefined;
  readonly #standby: Standby | undefined;
  readonly #pairing: JsonFile<Pairing>;
  readonly #token: string;
  readonly #link = new ProducerLink();
  readonly #watch: Repeater;

  /** @throws NodeError `NODE_FILE_CORRUPT` */
  constructor(
    private readonly options: ReplicationOptions,
    private readonly modules: ReplicationModules,
  ) {
    const { folder, instance } = options;
    const { clock, random, logger } = modules;
    this.#lease = loadLease(folder) ?? { instance, epoch: 1 };
    this.#isFollower = this.#lease.instance !== instance;
    this.#token = peerToken(loadOrCreateCommitteeKey(folder, random).privateKey);
    this.#pairing = new JsonFile<Pairing>(join(folder, 'pairing.json'), (value) =>
      pairingSchema.parse(value),
    );
    this.#standby = options.failover
      ? new Standby({
          pairing: this.#pairing,
          epoch: () => this.#chain.epoch,
          promised: () => this.#promised(),
          clock,
          onNews: () => this.#producer?.wake(),
        })
      : undefined;
    this.#watch = new Repeater(
      {
        intervalMs: LEASE_MS,
        quiet: {
          intervalMs: UNCONTESTED_LEASE_MS,
          when: () => !this.#isFollower && this.#standby === undefined,
        },
        run: () => this.#look(),
        onError: (error) => logger.error('the lease is not readable', errorFields(error)),
      },
      { clock },
    );
  }

  get isFollower(): boolean {
    return this.#isFollower;
  }

  get epoch(): number {
    return this.#lease.epoch;
  }

  get status() {
    const follower = this.#follower;
    return {
      instance: this.options.instance,
      role: this.#isFollower ? ('follower' as const) : ('producer' as const),
      ...(follower && {
        following: {
          ...(follower.lag !== undefined && { lag: follower.lag }),
          paired: follower.paired,
          ...(follower.refusal && { refused: follower.refusal }),
        },
      }),
    };
  }

  /** The chain's journal, shared with the standby while this instance produces. */
  journal(own: TransactionJournal): TransactionJournal {
    const standby = this.#standby;
    if (standby === undefined) return own;
    return sharedJournal(own, { standby, isProducing: () => !this.#isFollower });
  }

  get confirmBlock(): ConfirmBlock | undefined {
    const standby = this.#standby;
    return standby && ((number, rlp) => standby.confirm(number, rlp));
  }

  /** What is sent waits for it, soon after this instance has begun to produce: its standby is on its way. */
  get joining(): Promise<void> | undefined {
    return this.#isFollower ? undefined : this.#standby?.joining;
  }

  /** Nobody waits for a standby that is on its way. */
  expectNobody(): void {
    this.#standby?.expectNobody();
  }

  /** @throws ChainError `NO_FOLLOWER` while transactions can't be kept as promised */
  admit(): void {
    if (!this.#isFollower) this.#standby?.check();
  }

  /** A follower's way to its producer. */
  forwarder(chain: Blockchain): Forwarder {
    const { instance } = this.options;
    return new Forwarder({
      // Nobody's while this instance is on its way to be the producer.
      producerUrl: () => (this.#lease.instance === instance ? undefined : this.#lease.rpcUrl),
      link: this.#link,
      chain,
      clock: this.modules.clock,
    });
  }

  /** Answers followers, or follows. Resolves with the URL for peers. */
  async start(hooks: ReplicationHooks): Promise<string> {
    this.#hooks = hooks;
    const { folder, host } = this.options;
    const { clock, random, logger } = this.modules;
    const session = Buffer.from(random.bytes(8)).toString('hex');
    const { chain, anchoring } = hooks;
    const producer = new Producer(session, { chain, standby: this.#standby, anchoring, clock });
    this.#producer = producer;
    this.#peers = new PeerServer(host, {
      token: this.#token,
      follow: (request) => producer.follow(request),
      logger,
    });
    if (this.#isFollower) {
      this.#proposals = await FileJournal.open({ folder: join(folder, 'proposals') });
      this.#startFollowing();
    } else this.#standby?.expect();
    if (this.#lease.workers !== undefined) hooks.onScaled(this.#lease.workers);
    this.#watch.start();
    return this.#peers.listen();
  }

  /** Before the chain closes: nobody waits for a standby any more. */
  async stop(): Promise<void> {
    await this.#watch.stop();
    this.#standby?.close();
    await this.#follower?.stop();
    this.#producer?.stop();
    await this.#peers?.close();
    await this.#proposals?.close();
    this.#link.close();
  }

  get #chain(): Blockchain {
    return this.#hooks!.chain;
  }

  #startFollowing(): void {
    const { instance, standby } = this.options;
    const { chain, onAnchoring, onRefused } = this.#hooks!;
    this.#follower = new Follower({ instance, standby }, this.#lease, {
      chain,
      link: this.#link,
      proposals: this.#proposals!,
      pairing: this.#pairing,
      token: this.#token,
      onAnchoring,
      onRefused,
      clock: this.modules.clock,
      logger: this.modules.logger,
    });
    this.#follower.start();
  }

  /** What the lease says now. Whoever has no lease any more has lost its folder. */
  async #look(): Promise<void> {
    const { folder, instance } = this.options;
    const { onDeposed, onScaled } = this.#hooks!;
    const lease = loadLease(folder);
    if (lease === undefined) {
      onDeposed('the data folder is gone');
      return;
    }
    if (lease.epoch < this.#lease.epoch) return;
    const isScaled = lease.workers !== undefined && lease.workers !== this.#lease.workers;
    if (isScaled) onScaled(lease.workers!);
    this.#lease = lease;
    if (!this.#isFollower) {
      if (lease.instance !== instance) onDeposed(`${lease.instance} produces now`);
    } else if (lease.instance === instance) await this.#promote();
    else this.#follower?.retarget(lease);
  }

  async #promote(): Promise<void> {
    const { chain, onPromoted } = this.#hooks!;
    const { logger } = this.modules;
    await this.#follower?.stop();
    await this.#follower?.importProposal();
    await chain.promote(this.#lease.epoch);
    this.#isFollower = false;
    this.#follower = undefined;
    this.#standby?.expect();
    logger.info('promoted', { epoch: this.#lease.epoch, head: chain.head().number });
    await onPromoted();
  }

  #promised(): Uint8Array[] {
    const { pending, queued } = this.#chain.poolContent();
    const transactions = [...pending.values(), ...queued.values()].flat();
    const records: Uint8Array[] = [];
    for (let i = 0; i < transactions.length; i += RECORD_TRANSACTIONS) {
      records.push(TransactionBatch.of(transactions.slice(i, i + RECORD_TRANSACTIONS)).bytes);
    }
    return records;
  }
}
