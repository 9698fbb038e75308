import type { Checkpoint, Quorum } from '@flotilla/anchoring';
import {
  type Address,
  type Clock,
  type Hash,
  type Hex,
  sleep,
  systemClock,
} from '@flotilla/common';
import { type BaseWallet, type JsonRpcApiProvider, type TransactionReceipt, Wallet } from 'ethers';
import type { ChainRegistration, RootReceipt } from './anchor.js';
import { onRoot } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';
import { finalityDepth } from './finality.js';
import { managerInterface, registryInterface } from './interfaces.js';
import { connectProvider, type ProviderOptions } from './provider.js';
import { RootReader, type RootReaderOptions } from './root-reader.js';
import { type SenderOptions, TransactionSender } from './transaction-sender.js';

export interface RootClientOptions extends RootReaderOptions, SenderOptions {}

export interface ConnectOptions extends RootClientOptions, ProviderOptions {
  /** Of the relayer or owner; without it the client only reads. */
  readonly privateKey?: Hex;
}

const FINALITY_POLL_MS = { first: 50, slowest: 4_000 };

/**
 * The root's contracts, typed. Reads as `RootReader`; writes with one key, in the order of the calls
 * and without nonce conflicts between them. Two clients must not share a key in the long run.
 */
export class RootClient extends RootReader {
  readonly #wallet: BaseWallet | undefined;
  readonly #sender: TransactionSender | undefined;
  readonly #clock: Clock;

  constructor(
    options: RootClientOptions,
    modules: {
      readonly provider: JsonRpcApiProvider;
      readonly wallet?: BaseWallet;
      readonly clock?: Clock;
    },
  ) {
    super(options, modules.provider);
    const { wallet, provider, clock = systemClock } = modules;
    this.#clock = clock;
    this.#wallet = wallet;
    this.#sender = wallet && new TransactionSender(options, { wallet, provider, clock });
  }

  /** @throws RootError `ROOT_UNREACHABLE` unless `chainId` is given: then nothing is asked yet */
  static async connect(options: ConnectOptions): Promise<RootClient> {
    const provider = await connectProvider(options);
    const { privateKey } = options;
    const wallet = privateKey === undefined ? undefined : new Wallet(privateKey);
    return new RootClient(options, { provider, wallet });
  }

  /** The address of this client's key; undefined when it only reads. */
  get address(): Address | undefined {
    return this.#wallet?.address.toLowerCase() as Address | undefined;
  }

  /**
   * Registers a chain at epoch 1. Anyone may, under any free id.
   * @throws RootError `CHAIN_ID_TAKEN`, `INVALID_CHAIN_ID`, `COMMITTEE_NOT_ASCENDING`, …
   */
  register(registration: ChainRegistration): Promise<RootReceipt> {
    const { chainId, owner, committee, threshold, configHash } = registration;
    return this.#registry('register', [chainId, owner, committee, threshold, configHash]);
  }

  /** Moves the right to produce on. @throws RootError `NOT_OWNER`, `EPOCH_NOT_HIGHER` */
  grantEpoch(chainId: number, epoch: number): Promise<RootReceipt> {
    return this.#registry('grantEpoch', [chainId, epoch]);
  }

  /** @throws RootError `NOT_OWNER`, `COMMITTEE_NOT_ASCENDING`, `INVALID_THRESHOLD`, … */
  rotateCommittee(
    chainId: number,
    committee: readonly Address[],
    threshold: number,
  ): Promise<RootReceipt> {
    return this.#registry('rotateCommittee', [chainId, committee, threshold]);
  }

  /** @throws RootError `NOT_OWNER` */
  setConfigHash(chainId: number, configHash: Hash): Promise<RootReceipt> {
    return this.#registry('setConfigHash', [chainId, configHash]);
  }

  /** Ends the chain on the root for good. @throws RootError `NOT_OWNER`, `CHAIN_CLOSED` */
  closeChain(chainId: number): Promise<RootReceipt> {
    return this.#registry('close', [chainId]);
  }

  /** Offers the chain to another owner, who has to accept. @throws RootError `NOT_OWNER` */
  transferOwnership(chainId: number, pendingOwner: Address): Promise<RootReceipt> {
    return this.#registry('transferOwnership', [chainId, pendingOwner]);
  }

  /** @throws RootError `NOT_PENDING_OWNER` */
  acceptOwnership(chainId: number): Promise<RootReceipt> {
    return this.#registry('acceptOwnership', [chainId]);
  }

  /**
   * Anchors a signed checkpoint; anybody's key will do. Resolves when it is in a block of the root.
   * Those of different chains may overlap; those of one chain have to wait for each other.
   * @throws RootError `ALREADY_ANCHORED` when this very checkpoint is there: nothing is left to do;
   * `INDEX_NOT_NEXT`, `PARENT_MISMATCH`, `EPOCH_TOO_LOW`, `QUORUM_NOT_REACHED`, … when it is refused
   */
  submit(checkpoint: Checkpoint, quorum: Quorum): Promise<RootReceipt> {
    const args = [checkpoint, quorum.bitmap, quorum.signatures];
    const data = managerInterface.encodeFunctionData('submit', args);
    return this.#send(this.checkpointManager, data);
  }

  /**
   * Resolves when the transaction's block is final by this client's finality.
   * @throws RootError `ROOT_REORGANISED` when the block has left the root meanwhile: ask the root
   * again what is anchored
   */
  async waitFinal(receipt: RootReceipt, signal?: AbortSignal): Promise<void> {
    const { number, hash } = receipt.rootBlock;
    let delay = FINALITY_POLL_MS.first;
    while (!(await this.#isFinal(number))) {
      signal?.throwIfAborted();
      await sleep(this.#clock, delay);
      delay = Math.min(2 * delay, FINALITY_POLL_MS.slowest);
    }
    const there = await this.block(number);
    if (there.hash !== hash) {
      throw new RootError(RootErrorCode.Reorganised, `root block ${number} was replaced`, {
        retryable: true,
        data: { number, expected: hash, found: there.hash },
      });
    }
  }

  async #isFinal(number: number): Promise<boolean> {
    if (finalityDepth(this.finality) === 0) return true;
    return (await this.finalBlock()).number >= number;
  }

  #registry(method: string, args: readonly unknown[]): Promise<RootReceipt> {
    return this.#send(this.registry, registryInterface.encodeFunctionData(method, args));
  }

  async #send(to: Address, data: string): Promise<RootReceipt> {
    if (this.#sender === undefined) {
      throw new RootError(RootErrorCode.ReadOnly, 'this client has no key to send with');
    }
    const sender = this.#sender;
    const receipt: TransactionReceipt = await onRoot(() => sender.send({ to, data }));
    return {
      transactionHash: receipt.hash as Hash,
      rootBlock: { number: receipt.blockNumber, hash: receipt.blockHash as Hash },
      gasUsed: receipt.gasUsed,
    };
  }

  /** Closes the connection. */
  close(): void {
    this.provider.destroy();
  }
}
