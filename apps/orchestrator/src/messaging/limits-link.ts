import { type LimitsChanged, Messages, type Messaging } from '@flotilla/messaging';
import type { Chain, InstanceStatus, LimitsPort } from '@flotilla/orchestration';
import { nodeLimits } from '../adapters/node-limits.js';
import type { ChainDirectory } from '../chains/chain-directory.js';

export interface LimitsLinkModules {
  readonly messaging: Pick<Messaging, 'publish'>;
  readonly directory: Pick<ChainDirectory, 'peek'>;
  /** When the limits that a node reads at its start were last written; undefined when they were not looked at. */
  readonly writtenAt: (chain: Chain) => number | undefined;
}

/** What a running node was asked to take. */
interface Asked {
  readonly generation: number;
  /** The limits, as text. */
  readonly text: string;
  state: 'asked' | 'taken' | 'told';
}

/** Tells running nodes their limits over NATS, and hears that they have taken them. */
export class LimitsLink implements LimitsPort {
  readonly #asked = new Map<string, Asked>();
  #listener: (id: string) => void = () => {};

  constructor(readonly modules: LimitsLinkModules) {}

  change(chain: Chain, { startedAt = 0 }: InstanceStatus): 'same' | 'changed' | 'asked' {
    const { id, name, generation } = chain;
    const writtenAt = this.modules.writtenAt(chain);
    if (writtenAt === undefined || startedAt >= Math.floor(writtenAt)) {
      this.#asked.delete(id);
      return 'same';
    }
    const limits = nodeLimits(chain);
    const text = JSON.stringify(limits);
    const before = this.#asked.get(id);
    if (before?.text === text && before.state !== 'asked') {
      const outcome = before.state === 'taken' ? 'changed' : 'same';
      before.state = 'told';
      return outcome;
    }
    this.#asked.set(id, { generation, text, state: 'asked' });
    this.modules.messaging.publish(Messages.limitsChange, name, { generation, limits });
    return 'asked';
  }

  /** A node has said so. */
  changed(name: string, { generation }: LimitsChanged): void {
    const chain = this.modules.directory.peek(name);
    const asked = chain && this.#asked.get(chain.id);
    if (asked?.generation !== generation || asked.state !== 'asked') return;
    asked.state = 'taken';
    this.#listener(chain?.id ?? '');
  }

  /** Calls back with the chain's key when a node has taken its limits. */
  onChanged(listener: (id: string) => void): void {
    this.#listener = listener;
  }
}
