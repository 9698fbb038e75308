import { type Hash, keccak256Hex } from '@flotilla/common';
import { RootError, RootErrorCode } from '@flotilla/contracts';
import type { IdentifiedChain } from '@flotilla/orchestration';
import {
  type Chain,
  canonicalJson,
  OrchestrationErrorCode,
  type RootPort,
  type RootRegistration,
  TerminalError,
} from '@flotilla/orchestration';
import type { RootConnection } from '../root-chain/root-connection.js';

/** What the contract refuses however often it is asked. */
const REFUSALS: ReadonlySet<RootErrorCode> = new Set([
  RootErrorCode.InvalidChainId,
  RootErrorCode.InvalidCommitteeSize,
  RootErrorCode.CommitteeNotAscending,
  RootErrorCode.InvalidThreshold,
]);

/** The registry contract on the root, as the reconciler sees it. */
export class RootRegistry implements RootPort {
  constructor(
    readonly modules: {
      readonly root: RootConnection;
      /** Of a managed chain's genesis and consensus settings. */
      readonly configHash: (chain: IdentifiedChain) => Hash;
    },
  ) {}

  async registration(chainId: number): Promise<RootRegistration | undefined> {
    const client = await this.modules.root.client();
    const found = await client.chain(chainId);
    if (!found) return undefined;
    const { committee: members, threshold } = found;
    return { chainId, committee: { members, threshold } };
  }

  async register(chain: IdentifiedChain): Promise<void> {
    const client = await this.modules.root.client();
    const { chainId, committee } = chain;
    try {
      await client.register({
        chainId,
        owner: client.address as `0x${string}`,
        committee: committee.members,
        threshold: committee.threshold,
        configHash: this.#configHash(chain),
      });
    } catch (error) {
      throw this.#translate(error, chain);
    }
  }

  async grantEpochAbove(chainId: number, epoch: number): Promise<number> {
    const client = await this.modules.root.client();
    const granted = (await client.chain(chainId))?.epoch ?? 0;
    // Granted before a crash of ours, and given to nobody.
    if (granted > epoch) return granted;
    await client.grantEpoch(chainId, epoch + 1);
    return epoch + 1;
  }

  #configHash(chain: IdentifiedChain): Hash {
    if (chain.spec.runtime === 'managed') return this.modules.configHash(chain);
    // We know nothing of a chain that runs elsewhere but who it is and who signs for it.
    const { chainId, committee } = chain;
    return keccak256Hex(new TextEncoder().encode(canonicalJson({ chainId, committee })));
  }

  #translate(error: unknown, chain: Chain): unknown {
    if (!(error instanceof RootError)) return error;
    if (error.code === RootErrorCode.ChainIdTaken) {
      // Ours after all, when an earlier attempt was cut off after it was sent: the next pass will see.
      return error;
    }
    if (!REFUSALS.has(error.code)) return error;
    return new TerminalError(
      OrchestrationErrorCode.RegistrationRefused,
      `the root refused to register "${chain.name}": ${error.message}`,
      { cause: error },
    );
  }
}
