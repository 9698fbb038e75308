import type { Address } from '@flotilla/common';
import type { Allowlists } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';

interface Subject {
  readonly from: Address;
  /** Undefined creates a contract. */
  readonly to: Address | undefined;
}

/** The allowlists in force, ready to be asked once per transaction. */
export class AllowRules {
  readonly #deployers: ReadonlySet<Address> | undefined;
  readonly #senders: ReadonlySet<Address> | undefined;

  private constructor({ deployers, senders }: Allowlists) {
    this.#deployers = deployers && new Set(deployers);
    this.#senders = senders && new Set(senders);
  }

  /** Undefined, and nothing to ask, where there is no list. */
  static of(allow: Allowlists): AllowRules | undefined {
    const none = allow.deployers === undefined && allow.senders === undefined;
    return none ? undefined : new AllowRules(allow);
  }

  /** Whether contracts may be made in transactions that this account signed. */
  mayDeploy(origin: Address): boolean {
    return this.#deployers?.has(origin) ?? true;
  }

  /** Why the transaction may not be in a block; the wording is that of Subnet-EVM, which tools know. */
  refusal(tx: Subject): ChainError | undefined {
    return (
      this.senderRefusal(tx.from) ?? (tx.to === undefined ? this.#creation(tx.from) : undefined)
    );
  }

  senderRefusal(from: Address): ChainError | undefined {
    if (this.#senders?.has(from) ?? true) return undefined;
    return new ChainError(
      ChainErrorCode.SenderNotAllowed,
      `cannot issue transaction from non-allow listed address: ${from}`,
    );
  }

  /** @throws ChainError `DEPLOYER_NOT_ALLOWED` when the message creates a contract and its sender may not */
  checkCreation({ from, to }: Subject): void {
    if (to !== undefined) return;
    const refusal = this.#creation(from);
    if (refusal !== undefined) throw refusal;
  }

  #creation(from: Address): ChainError | undefined {
    if (this.mayDeploy(from)) return undefined;
    return new ChainError(
      ChainErrorCode.DeployerNotAllowed,
      `tx.origin ${from} is not authorized to deploy a contract`,
    );
  }
}
