import { type Clock, type Hex, sleep, systemClock } from '@flotilla/common';
import {
  type BaseWallet,
  isError,
  type JsonRpcApiProvider,
  Transaction,
  type TransactionReceipt,
} from 'ethers';
import { onRoot, toRootError } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';
import { currentFees, type Fees, raisedFees } from './fees.js';

export interface Call {
  readonly to: string;
  readonly data: string;
  readonly value?: bigint;
}

export interface SenderOptions {
  /** A transaction that is not mined after this long is sent again at a higher price. Default 45,000. */
  readonly stuckAfterMs?: number;
  /** After this long the wait is given up (the transaction is not). Default 600,000. */
  readonly timeoutMs?: number;
}

interface Prepared extends Call {
  readonly nonce: number;
  readonly gasLimit: bigint;
  readonly fees: Fees;
}

const FIRST_POLL_MS = 25;
const SLOWEST_POLL_MS = 1_000;
const NONCE_ATTEMPTS = 4;

/**
 * Sends transactions of one key. Nonces are given out one after another, so callers need not
 * co-ordinate; waiting overlaps. What is stuck is replaced at a higher price, never abandoned, so a
 * lost transaction does not block those behind it.
 */
export class TransactionSender {
  readonly #provider: JsonRpcApiProvider;
  readonly #clock: Clock;
  readonly #stuckAfterMs: number;
  readonly #timeoutMs: number;
  #turn: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  #nextNonce = 0;

  constructor(
    options: SenderOptions,
    readonly modules: {
      readonly wallet: BaseWallet;
      readonly provider: JsonRpcApiProvider;
      readonly clock?: Clock;
    },
  ) {
    this.#provider = modules.provider;
    this.#clock = modules.clock ?? systemClock;
    this.#stuckAfterMs = options.stuckAfterMs ?? 45_000;
    this.#timeoutMs = options.timeoutMs ?? 600_000;
  }

  /**
   * Resolves when the transaction is mined and has succeeded.
   * @throws RootError the contract's reason, `INSUFFICIENT_FUNDS`, `ROOT_UNREACHABLE`,
   * `TRANSACTION_FAILED`, `TRANSACTION_TIMEOUT`
   */
  async send(call: Call): Promise<TransactionReceipt> {
    const broadcast = this.#turn.then(() => onRoot(() => this.#broadcastNext(call)));
    this.#turn = broadcast.catch(() => undefined);
    const { prepared, hash } = await broadcast;
    try {
      const receipt = await this.#waitMined(prepared, hash);
      if (receipt.status !== 1) throw await this.#reasonOf(call, receipt);
      return receipt;
    } finally {
      this.#inFlight--;
    }
  }

  async #broadcastNext(call: Call): Promise<{ prepared: Prepared; hash: string }> {
    const from = this.modules.wallet.address;
    const estimate = await this.#provider.estimateGas({ ...call, from });
    const fees = await currentFees(this.#provider);
    let lowest = 0;
    for (let attempt = 1; ; attempt++) {
      const nonce = Math.max(lowest, await this.#freeNonce());
      const prepared = { ...call, nonce, fees, gasLimit: estimate + estimate / 5n };
      try {
        const hash = await this.#broadcast(prepared);
        this.#nextNonce = nonce + 1;
        this.#inFlight++;
        return { prepared, hash };
      } catch (error) {
        const taken = isError(error, 'NONCE_EXPIRED') || isError(error, 'REPLACEMENT_UNDERPRICED');
        if (!taken || attempt === NONCE_ATTEMPTS) throw error;
        // Somebody else uses this key too, or the endpoint's view lags: the next one may be free.
        lowest = nonce + 1;
      }
    }
  }

  async #freeNonce(): Promise<number> {
    const pending = await this.#provider.getTransactionCount(
      this.modules.wallet.address,
      'pending',
    );
    return this.#inFlight > 0 ? Math.max(pending, this.#nextNonce) : pending;
  }

  async #broadcast({ fees, ...fields }: Prepared): Promise<string> {
    const { chainId } = await this.#provider.getNetwork();
    const raw = await this.modules.wallet.signTransaction({ ...fields, ...fees, chainId });
    try {
      await this.#provider.send('eth_sendRawTransaction', [raw]);
    } catch (error) {
      if (!/already known|already imported/i.test(String((error as Error).message))) throw error;
    }
    return Transaction.from(raw).hash!;
  }

  async #waitMined(first: Prepared, firstHash: string): Promise<TransactionReceipt> {
    const hashes = [firstHash];
    const started = this.#clock.now();
    let prepared = first;
    let sentAt = started;
    for (let delay = FIRST_POLL_MS; ; delay = Math.min(2 * delay, SLOWEST_POLL_MS)) {
      for (const hash of hashes) {
        // An endpoint that is away for a moment is no reason to lose sight of the transaction.
        const receipt = await this.#provider.getTransactionReceipt(hash).catch(() => null);
        if (receipt !== null) return receipt;
      }
      const now = this.#clock.now();
      if (now - started >= this.#timeoutMs) throw this.#timeout(hashes);
      if (now - sentAt >= this.#stuckAfterMs) {
        sentAt = now;
        prepared = await this.#sendAgain(prepared, hashes);
      }
      await sleep(this.#clock, delay);
    }
  }

  /** The same nonce at a higher price; refusals are left for the next round. */
  async #sendAgain(prepared: Prepared, hashes: string[]): Promise<Prepared> {
    try {
      const raised = raisedFees(prepared.fees, await currentFees(this.#provider));
      const again = { ...prepared, fees: raised };
      hashes.push(await this.#broadcast(again));
      return again;
    } catch {
      return prepared;
    }
  }

  /** A transaction that passed its estimate and reverted all the same: ask again what it met. */
  async #reasonOf(call: Call, receipt: TransactionReceipt): Promise<RootError> {
    const failed = (cause?: unknown) =>
      new RootError(RootErrorCode.TransactionFailed, `transaction ${receipt.hash} reverted`, {
        cause,
        data: { transactionHash: receipt.hash },
      });
    const { address: from } = this.modules.wallet;
    try {
      await this.#provider.call({ ...call, from, blockTag: receipt.blockNumber });
      return failed();
    } catch (error) {
      const reason = toRootError(error);
      return reason.code === RootErrorCode.RpcError ? failed(error) : reason;
    }
  }

  #timeout(hashes: readonly string[]): RootError {
    return new RootError(RootErrorCode.TransactionTimeout, 'not mined in time; it still may be', {
      retryable: true,
      data: { transactionHashes: hashes as Hex[] },
    });
  }
}
