import type { Chain, IdentifiedChain } from '../chain/chain.js';
import { OrchestrationErrorCode, TerminalError } from '../errors.js';
import type { RootPort } from '../ports.js';
import { canonicalJson } from '../spec/canonical-json.js';
import type { ChainWriter } from './chain-writer.js';
import { hasCondition } from './status-parts.js';

/** A registration under way; it writes no row, so that it may go on beside whatever else is done for its chain. */
interface Attempt {
  readonly settled: Promise<void>;
  outcome: 'pending' | 'registered' | { readonly error: unknown };
}

/** Registers chains on the root. A root may take seconds to mine, or be away: nobody who runs waits for it. */
export class Registrar {
  readonly #attempts = new Map<string, Attempt>();

  constructor(readonly modules: { readonly root: RootPort }) {}

  /** Sees that an attempt is under way; never throws. */
  begin(chain: IdentifiedChain): void {
    if (isRegistered(chain) || this.#attempts.has(chain.id)) return;
    const attempt: Attempt = {
      outcome: 'pending',
      settled: this.#bringAbout(chain).then(
        () => {
          attempt.outcome = 'registered';
        },
        (error: unknown) => {
          attempt.outcome = { error };
        },
      ),
    };
    this.#attempts.set(chain.id, attempt);
  }

  /**
   * Notes in the row what has become of the attempt; true when the chain is registered.
   * @throws TerminalError when the id is somebody else's; anything retryable: the next attempt is for the caller to begin
   */
  async note(writer: ChainWriter): Promise<boolean> {
    const { id } = writer.chain;
    if (isRegistered(writer.chain)) return true;
    const outcome = this.#attempts.get(id)?.outcome ?? 'pending';
    if (outcome === 'pending') return false;
    this.#attempts.delete(id);
    if (outcome !== 'registered') throw outcome.error;
    await writer.setStatus({
      conditions: writer.conditions({
        type: 'Registered',
        status: true,
        reason: 'REGISTERED',
        message: 'Registered on the root with its committee.',
      }),
    });
    return true;
  }

  /** Registers the chain, or finds that it is. @throws as `note` */
  async register(writer: ChainWriter, chain: IdentifiedChain): Promise<void> {
    this.begin(chain);
    await this.#attempts.get(chain.id)?.settled;
    await this.note(writer);
  }

  /** @throws TerminalError when another committee has this id on the root */
  async assertFree(chain: IdentifiedChain): Promise<void> {
    if (!isRegistered(chain)) await this.#isOnRoot(chain);
  }

  forget(id: string): void {
    this.#attempts.delete(id);
  }

  async #bringAbout(chain: IdentifiedChain): Promise<void> {
    if (!(await this.#isOnRoot(chain))) await this.modules.root.register(chain);
  }

  async #isOnRoot(chain: IdentifiedChain): Promise<boolean> {
    const found = await this.modules.root.registration(chain.chainId);
    if (!found) return false;
    if (canonicalJson(found.committee) === canonicalJson(chain.committee)) return true;
    throw new TerminalError(
      chain.spec.chainId === undefined
        ? OrchestrationErrorCode.CommitteeMismatch
        : OrchestrationErrorCode.ChainIdTaken,
      `chain id ${chain.chainId} is registered on the root with another committee`,
    );
  }
}

function isRegistered(chain: Chain): boolean {
  return hasCondition(chain, 'Registered');
}
