import { join } from 'node:path';
import type { CheckpointDomain } from '@flotilla/anchoring';
import type { Blockchain } from '@flotilla/chain';
import type { Clock, Logger, Random } from '@flotilla/common';
import type { NodeConfig } from '../config/node-config.schema.js';
import { loadOrCreateCommitteeKey } from '../files/committee-key.js';
import { JsonFile } from '../files/json-file.js';
import type { NatsLink } from '../link/nats-link.js';
import { AnchorPoller } from './anchor-poller.js';
import { parseAnchoringState } from './anchoring-state.js';
import { CheckpointProposer } from './checkpoint-proposer.js';

export interface AnchoringOptions {
  readonly folder: string;
  readonly root: NonNullable<NodeConfig['root']>;
  readonly cadence: NodeConfig['anchoring'];
}

export interface AnchoringModules {
  readonly chain: Blockchain;
  readonly link: NatsLink | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const POLL_MS = 10_000;

/** The chain's side of anchoring: signs checkpoints, and learns from NATS, else from the root, what is anchored. */
export class Anchoring {
  readonly proposer: CheckpointProposer;
  readonly #poller: AnchorPoller;

  constructor(options: AnchoringOptions, modules: AnchoringModules) {
    const { folder, root, cadence } = options;
    const { chain, link, clock, random, logger } = modules;
    const key = loadOrCreateCommitteeKey(folder, random);
    const domain: CheckpointDomain = {
      chainId: root.chainId,
      verifyingContract: root.checkpointManager,
    };
    this.proposer = new CheckpointProposer(
      {
        cadence: { everyBlocks: cadence.everyBlocks, everyMs: 1_000 * cadence.everySeconds },
        domain,
      },
      {
        chain,
        key,
        state: new JsonFile(join(folder, 'anchoring.json'), parseAnchoringState),
        publish: (proposal) => link?.publishProposal(proposal, key, domain),
        clock,
        logger,
      },
    );
    this.#poller = new AnchorPoller(
      { chainId: chain.identity.chainId, root, intervalMs: POLL_MS },
      {
        needed: () => link?.connected !== true && this.#hasNews(chain),
        report: (anchor) => this.proposer.recordAnchor(anchor),
        clock,
        logger,
      },
    );
  }

  start(): void {
    this.proposer.start();
    this.#poller.start();
  }

  async stop(): Promise<void> {
    this.#poller.stop();
    await this.proposer.stop();
  }

  #hasNews(chain: Blockchain): boolean {
    const { anchored, proposal } = this.proposer.state;
    const final = chain.resolveTag('finalized').number;
    return proposal !== undefined || final < (anchored?.lastBlock ?? 0);
  }
}
