import type { Chain, IdentifiedChain } from '../chain/chain.js';
import { OrchestrationError, OrchestrationErrorCode, TerminalError } from '../errors.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules } from './modules.js';

const MAX_DRAWS = 8;

/** The one-time steps before a chain can run. Each looks first and acts only where something is missing. */
export class Provisioner {
  constructor(readonly modules: ReconcilerModules) {}

  /** Chain id → committee. */
  async identify(writer: ChainWriter): Promise<void> {
    await this.#allocateChainId(writer);
    await this.#nameCommittee(writer);
  }

  /** NATS account and node.json. */
  async equip(writer: ChainWriter): Promise<{ readonly configWrittenAt: number }> {
    const { accounts, folders } = this.modules;
    const chain = identified(writer.chain);
    const { shared } = await accounts.ensure(chain);
    if (shared) {
      const condition = {
        type: 'SharedNatsAccount' as const,
        status: true,
        reason: 'EXTERNAL_NATS',
        message: 'This NATS server is not in our operator mode: chains share one account.',
      };
      await writer.setStatus({ conditions: writer.conditions(condition) });
    } else await writer.setStatus({ conditions: writer.without('SharedNatsAccount') });
    const { writtenAt } = await folders.writeConfig(chain);
    return { configWrittenAt: writtenAt };
  }

  async #allocateChainId(writer: ChainWriter): Promise<void> {
    const { chain } = writer;
    if (chain.chainId !== null) return;
    if (chain.spec.chainId !== undefined) {
      await this.#tryChainId(writer, chain.spec.chainId);
      return;
    }
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const candidate = this.modules.chainIds.draw();
      if (await this.modules.root.registration(candidate)) continue;
      try {
        await writer.write({ chainId: candidate });
        return;
      } catch (error) {
        if (!isCode(error, OrchestrationErrorCode.ChainIdTaken)) throw error;
      }
    }
    throw new OrchestrationError(OrchestrationErrorCode.ChainIdsExhausted, 'no free chain id', {
      retryable: true,
    });
  }

  async #tryChainId(writer: ChainWriter, chainId: number): Promise<void> {
    try {
      await writer.write({ chainId });
    } catch (error) {
      if (!isCode(error, OrchestrationErrorCode.ChainIdTaken)) throw error;
      throw new TerminalError(
        OrchestrationErrorCode.ChainIdTaken,
        `chain id ${chainId} is another chain's`,
        { cause: error },
      );
    }
  }

  async #nameCommittee(writer: ChainWriter): Promise<void> {
    const { chain } = writer;
    if (chain.committee) return;
    const committee = chain.spec.committee ?? {
      members: [await this.modules.folders.ensureCommitteeKey(chain)],
      threshold: 1,
    };
    await writer.write({ committee });
  }
}

export function identified(chain: Chain): IdentifiedChain {
  const { chainId, committee } = chain;
  if (chainId === null || committee === null) {
    throw new OrchestrationError(
      OrchestrationErrorCode.VersionConflict,
      'the chain is not identified yet',
      { retryable: true },
    );
  }
  return { ...chain, chainId, committee };
}

function isCode(error: unknown, code: OrchestrationErrorCode): boolean {
  return error instanceof OrchestrationError && error.code === code;
}
