import { resolve } from 'node:path';
import {
  buildQuorum,
  type CheckpointDomain,
  checkpointHash,
  hashCheckpoint,
} from '@flotilla/anchoring';
import type { Blockchain } from '@flotilla/chain';
import type { Clock, Logger } from '@flotilla/common';
import { type Heartbeat, Messages, Messaging, type NodeLimits } from '@flotilla/messaging';
import type { Proposal } from '../anchoring/anchoring-state.js';
import type { CheckpointProposer } from '../anchoring/checkpoint-proposer.js';
import type { NodeConfig } from '../config/node-config.schema.js';
import { errorFields } from '../errors.js';
import type { CommitteeKey } from '../files/committee-key.js';
import type { RecordFile } from '../files/json-file.js';
import { type AnnouncedState, BlockAnnouncer } from './block-announcer.js';
import { listenForCommands } from './commands.js';
import { Repeater } from './repeater.js';

export interface NatsLinkOptions {
  readonly folder: string;
  /** The chain's name: its token in every subject. */
  readonly name: string;
  readonly nats: NonNullable<NodeConfig['nats']>;
}

export interface NatsLinkModules {
  readonly chain: Blockchain;
  readonly announced: RecordFile<AnnouncedState>;
  readonly status: () => Heartbeat;
  readonly drain: () => void;
  readonly limit: (limits: NodeLimits) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Between heartbeats of a node with news, and of one on whose chain nothing happens. */
const HEARTBEAT_MS = 1_000;
const QUIET_HEARTBEAT_MS = 5_000;

/** The node's side of NATS. Connects and reconnects for ever in the background; nothing waits for it. */
export class NatsLink {
  readonly #messaging: Messaging;
  readonly #announcer: BlockAnnouncer;
  readonly #heartbeat: Repeater;
  readonly #stopNoticing: readonly (() => void)[];
  #hasNews = true;
  #stopListening: (() => void) | undefined;

  constructor(
    private readonly options: NatsLinkOptions,
    private readonly modules: NatsLinkModules,
  ) {
    const { chain, announced, status, clock, logger } = modules;
    const { url, credsFile } = options.nats;
    this.#messaging = new Messaging({
      url,
      ...(credsFile === undefined ? {} : { credsFile: resolve(options.folder, credsFile) }),
      name: `node ${options.name}`,
      logger,
      clock,
      onConnected: () => {
        this.#announcer.reconnected();
        this.#noteNews();
      },
    });
    this.#announcer = new BlockAnnouncer(
      { chain: options.name },
      { chain, messaging: this.#messaging, state: announced, clock, logger },
    );
    this.#heartbeat = new Repeater(
      {
        intervalMs: HEARTBEAT_MS,
        quiet: { intervalMs: QUIET_HEARTBEAT_MS, when: () => !this.#hasNews },
        run: () => {
          this.#hasNews = false;
          this.#messaging.publish(Messages.heartbeat, options.name, status());
        },
        onError: (error) => logger.warn('heartbeat not sent', errorFields(error)),
      },
      { clock },
    );
    const news = ['block', 'safe', 'finalized', 'rewritten', 'tampered', 'pooled'] as const;
    this.#stopNoticing = news.map((event) => chain.events.on(event, () => this.#noteNews()));
  }

  get connected(): boolean {
    return this.#messaging.connected;
  }

  /** Blocks that JetStream doesn't have yet. */
  get backlog(): number {
    return this.#announcer.backlog;
  }

  /** Connects, and says from time to time how the node is. */
  start(): void {
    const { logger, status } = this.modules;
    const { name } = this.options;
    this.#messaging.start().then(
      () => {
        if (this.connected) this.#messaging.publish(Messages.heartbeat, name, status());
      },
      (error) => logger.error('no connection to NATS is possible', errorFields(error)),
    );
    this.#heartbeat.start();
  }

  /** What only the chain's producer does: announces blocks, and obeys commands. */
  produce(proposer: CheckpointProposer | undefined): void {
    const { chain, drain, limit, logger } = this.modules;
    const messaging = this.#messaging;
    this.#stopListening = listenForCommands(this.options.name, {
      ...{ messaging, proposer, drain, limit, chain, logger },
    });
    this.#announcer.start();
  }

  /** Sends a proposal to the relay, if there is a connection now. */
  publishProposal(proposal: Proposal, key: CommitteeKey, domain: CheckpointDomain): void {
    const { checkpoint, signature } = proposal;
    const digest = hashCheckpoint(checkpoint, domain);
    const { bitmap } = buildQuorum(digest, [signature], [key.address]);
    this.#messaging.publish(Messages.checkpointProposed, this.options.name, {
      checkpoint,
      signatures: [signature],
      signers: bitmap,
      hash: checkpointHash(checkpoint),
    });
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    for (const stop of this.#stopNoticing) stop();
    await this.#heartbeat.stop();
    await this.#announcer.stop();
    const { status } = this.modules;
    this.#messaging.publish(Messages.heartbeat, this.options.name, { ...status(), ending: true });
    await this.#messaging.close();
  }

  /** Called thousands of times a second when the chain is busy. */
  #noteNews(): void {
    this.#hasNews = true;
    this.#heartbeat.wake();
  }
}
