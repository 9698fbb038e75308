import { Messages, type Messaging, type SettingsChanged } from '@flotilla/messaging';
import type { Chain, SettingsPort } from '@flotilla/orchestration';
import { nodeSettings } from '../adapters/node-config.js';
import type { ChainDirectory } from '../chains/chain-directory.js';

export interface SettingsLinkModules {
  readonly messaging: Pick<Messaging, 'publish'>;
  readonly directory: Pick<ChainDirectory, 'peek'>;
}

/** Tells running nodes their settings over NATS, and hears from which block on they have them. */
export class SettingsLink implements SettingsPort {
  /** Answers that the reconciler has not taken yet, by chain; one for each at most. */
  readonly #answers = new Map<string, SettingsChanged>();
  #listener: (id: string) => void = () => {};

  constructor(readonly modules: SettingsLinkModules) {}

  change(chain: Chain): { readonly fromBlock: number } | undefined {
    const { id, name, generation, spec } = chain;
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (answer?.generation === generation) return answer;
    const settings = nodeSettings(spec);
    const { deployers, senders } = settings.allow;
    this.modules.messaging.publish(Messages.settingsChange, name, {
      ...settings,
      allow: { ...(deployers && { deployers }), ...(senders && { senders }) },
      sealing: { ...spec.sealing },
      generation,
    });
    return undefined;
  }

  /** A node has said so. */
  changed(name: string, answer: SettingsChanged): void {
    const chain = this.modules.directory.peek(name);
    if (chain?.status.settings?.asked !== answer.generation) return;
    this.#answers.set(chain.id, answer);
    this.#listener(chain.id);
  }

  /** Calls back with the chain's key when there is an answer to take. */
  onAnswer(listener: (id: string) => void): void {
    this.#listener = listener;
  }
}
