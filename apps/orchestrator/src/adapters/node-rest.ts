import type { Chain, InstanceStatus, NodeRest, RestPort } from '@flotilla/orchestration';
import type { StoredChain } from '@flotilla/persistence';
import type { AnchoringRelay } from '../relay/anchoring-relay.js';
import { callNode } from '../rpc/chain-rpc.js';

interface Answers {
  readonly status: { readonly txpool: { readonly pending: number } };
  /** Null on a chain that doesn't anchor. */
  readonly checkpoint: { readonly sleepAnchored: boolean } | null;
  readonly latestBlock: Readonly<Record<string, unknown>>;
  readonly gasPrice: string;
}

/** Asks a node whether it may sleep, with requests that do not count as use of it. */
export class NodeRestProbe implements RestPort {
  constructor(
    readonly modules: {
      readonly relay: Pick<AnchoringRelay, 'requestProposal'>;
      readonly find: (name: string) => StoredChain | undefined;
    },
  ) {}

  async ask(chain: Chain, { rpcUrl }: InstanceStatus): Promise<NodeRest> {
    try {
      const { status, checkpoint, latestBlock, gasPrice } = await askNode(rpcUrl ?? '');
      const isAnchored = checkpoint === null || checkpoint.sleepAnchored;
      const stored = this.modules.find(chain.name);
      if (!isAnchored && stored) {
        this.modules.relay.requestProposal(stored, 'falling asleep', 'sleeping');
      }
      return { isQuiet: status.txpool.pending === 0, isAnchored, latestBlock, gasPrice };
    } catch {
      // It may be starting, or NATS away: whoever asks has patience, up to a point.
      return { isQuiet: true, isAnchored: false, latestBlock: null, gasPrice: null };
    }
  }
}

async function askNode(rpcUrl: string): Promise<Answers> {
  const [status, checkpoint, latestBlock, gasPrice] = await callNode(rpcUrl, [
    { method: 'flotilla_status', params: [] },
    { method: 'flotilla_checkpoint', params: [] },
    { method: 'eth_getBlockByNumber', params: ['latest', false] },
    { method: 'eth_gasPrice', params: [] },
  ]);
  return { status, checkpoint, latestBlock, gasPrice } as Answers;
}
