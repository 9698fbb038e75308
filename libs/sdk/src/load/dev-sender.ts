import { HDNodeWallet, type Signer } from 'ethers';
import type { RpcCall } from './rpc-endpoint.js';

/** Everybody knows its keys: chains of the development profile fund the first accounts. */
const MNEMONIC = 'test test test test test test test test test test test junk';
/** The base fee may rise while the load goes on; what isn't needed isn't paid. */
const FEE_ROOM = 10n;

export function devWallets(count: number): HDNodeWallet[] {
  const parent = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
  return Array.from({ length: count }, (_, index) => parent.deriveChild(index));
}

/** One account that sends to itself, one transaction at a time. Its nonce is counted here, not asked for. */
export class DevSender {
  readonly address: string;
  #nonce = 0;
  #maxFeePerGas = 0n;

  constructor(
    private readonly wallet: Signer & { readonly address: string },
    private readonly chainId: number,
    private readonly call: RpcCall,
  ) {
    this.address = wallet.address;
  }

  /** Asks the chain for nonce and price: at the start, and after a refusal. */
  async synchronize(): Promise<void> {
    const [nonce, price] = await Promise.all([
      this.call<string>('eth_getTransactionCount', this.address, 'pending'),
      this.call<string>('eth_gasPrice'),
    ]);
    this.#nonce = Number(nonce);
    this.#maxFeePerGas = FEE_ROOM * BigInt(price);
  }

  async sign(): Promise<string> {
    return this.wallet.signTransaction({
      type: 2,
      chainId: this.chainId,
      nonce: this.#nonce,
      to: this.address,
      value: 0n,
      gasLimit: 21_000,
      maxFeePerGas: this.#maxFeePerGas,
      maxPriorityFeePerGas: 0n,
    });
  }

  /** @returns the hash @throws SendRefusal */
  async send(raw: string): Promise<string> {
    const hash = await this.call<string>('eth_sendRawTransaction', raw);
    this.#nonce++;
    return hash;
  }
}
