import { allDone } from '@flotilla/common';
import type { Chain, ChainChange, Committee, IdentifiedChain } from '../chain/chain.js';
import { OrchestrationError, OrchestrationErrorCode, TerminalError } from '../errors.js';
import type { ReconciledStatus } from '../status/chain-status.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules } from './modules.js';

const MAX_DRAWS = 8;

/** The one-time steps before a chain can run. Each looks first and acts only where something is missing. */
export class Provisioner {
  constructor(readonly modules: ReconcilerModules) {}

  /**
   * Chain id and committee. They and the status are one write: somebody waits for each.
   * @throws TerminalError `CHAIN_ID_TAKEN`
   */
  async identify(writer: ChainWriter, status: Partial<ReconciledStatus>): Promise<void> {
    const { chain } = writer;
    try {
      const named = chain.committee ? {} : { committee: await this.#committee(chain) };
      if (chain.chainId !== null) await writer.setStatus(status, named);
      else await this.#allocateChainId(writer, status, named);
    } catch (error) {
      // What can't be done yet is under way all the same.
      if (!(error instanceof TerminalError) && !isConflict(error)) await writer.setStatus(status);
      throw error;
    }
  }

  /** NATS account and node.json. */
  async equip(writer: ChainWriter): Promise<{ readonly configWrittenAt: number }> {
    const { accounts, folders } = this.modules;
    const chain = identified(writer.chain);
    const [{ shared }, { writtenAt }] = await allDone([
      accounts.ensure(chain),
      folders.writeConfig(chain),
    ]);
    if (shared) {
      const condition = {
        type: 'SharedNatsAccount' as const,
        status: true,
        reason: 'EXTERNAL_NATS',
        message: 'This NATS server is not in our operator mode: chains share one account.',
      };
      await writer.setStatus({ conditions: writer.conditions(condition) });
    } else await writer.setStatus({ conditions: writer.without('SharedNatsAccount') });
    return { configWrittenAt: writtenAt };
  }

  async #allocateChainId(
    writer: ChainWriter,
    status: Partial<ReconciledStatus>,
    named: ChainChange,
  ): Promise<void> {
    const { spec } = writer.chain;
    if (spec.chainId !== undefined) {
      await this.#tryChainId(writer, status, { ...named, chainId: spec.chainId });
      return;
    }
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const candidate = this.modules.chainIds.draw();
      if (await this.modules.root.registration(candidate)) continue;
      try {
        await writer.setStatus(status, { ...named, chainId: candidate });
        return;
      } catch (error) {
        if (!isCode(error, OrchestrationErrorCode.ChainIdTaken)) throw error;
      }
    }
    throw new OrchestrationError(OrchestrationErrorCode.ChainIdsExhausted, 'no free chain id', {
      retryable: true,
    });
  }

  async #tryChainId(
    writer: ChainWriter,
    status: Partial<ReconciledStatus>,
    change: ChainChange,
  ): Promise<void> {
    try {
      await writer.setStatus(status, change);
    } catch (error) {
      if (!isCode(error, OrchestrationErrorCode.ChainIdTaken)) throw error;
      throw new TerminalError(
        OrchestrationErrorCode.ChainIdTaken,
        `chain id ${change.chainId} is another chain's`,
        { cause: error },
      );
    }
  }

  async #committee(chain: Chain): Promise<Committee> {
    if (chain.spec.committee) return chain.spec.committee;
    return { members: [await this.modules.folders.ensureCommitteeKey(chain)], threshold: 1 };
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

function isConflict(error: unknown): boolean {
  return isCode(error, OrchestrationErrorCode.VersionConflict);
}

function isCode(error: unknown, code: OrchestrationErrorCode): boolean {
  return error instanceof OrchestrationError && error.code === code;
}
