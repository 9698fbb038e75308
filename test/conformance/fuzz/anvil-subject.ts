import { type Address, bytesToHex, ZERO_HASH } from '@flotilla/common';
import type { EvmTransaction } from '@flotilla/evm';
import { type JsonRpcProvider, Signature, type Wallet } from 'ethers';
import type { FuzzOutcome, Subject } from './outcome.js';
import type { Scenario } from './scenario.js';

interface AnvilReceipt {
  readonly status: string;
  readonly gasUsed: string;
  readonly logs: readonly { address: Address; topics: readonly string[]; data: string }[];
}

function mined({ status, gasUsed, logs }: AnvilReceipt): FuzzOutcome {
  return {
    isRefused: false,
    succeeded: status === '0x1',
    gasUsed: BigInt(gasUsed),
    logs: logs.map(({ address, topics, data }) => [address, ...topics, data].join()),
    stateRoot: ZERO_HASH,
  };
}

/** Foundry's node. Every transaction is signed and mined alone; state roots are its own and left out. */
export class AnvilSubject implements Subject {
  private constructor(
    private readonly provider: JsonRpcProvider,
    private readonly sender: Wallet,
  ) {}

  static async create(
    { accounts }: Scenario,
    provider: JsonRpcProvider,
    sender: Wallet,
  ): Promise<AnvilSubject> {
    for (const [address, { balance, nonce, code }] of accounts) {
      await provider.send('anvil_setBalance', [address, `0x${balance.toString(16)}`]);
      await provider.send('anvil_setNonce', [address, `0x${nonce.toString(16)}`]);
      if (code.length > 0) await provider.send('anvil_setCode', [address, bytesToHex(code)]);
    }
    return new AnvilSubject(provider, sender);
  }

  async run(tx: EvmTransaction): Promise<FuzzOutcome> {
    const raw = await this.#sign(tx);
    try {
      return mined(await this.provider.send('eth_sendRawTransactionSync', [raw]));
    } catch (error) {
      return { isRefused: true, stateRoot: ZERO_HASH, note: (error as Error).message };
    }
  }

  #sign({ from: _from, data, accessList, nonce, authorizationList, ...tx }: EvmTransaction) {
    return this.sender.signTransaction({
      type: tx.type,
      chainId: 1n,
      to: tx.to ?? null,
      nonce: Number(nonce),
      gasLimit: tx.gasLimit,
      maxFeePerGas: tx.maxFeePerGas,
      maxPriorityFeePerGas: tx.maxPriorityFeePerGas,
      value: tx.value,
      data: bytesToHex(data),
      accessList: accessList?.map((entry) => ({
        address: entry.address,
        storageKeys: [...entry.storageKeys],
      })),
      authorizationList: authorizationList?.map(({ address, chainId, yParity, r, s, ...rest }) => ({
        address,
        chainId,
        nonce: rest.nonce,
        signature: Signature.from({
          yParity: yParity as 0 | 1,
          r: `0x${r.toString(16).padStart(64, '0')}`,
          s: `0x${s.toString(16).padStart(64, '0')}`,
        }),
      })),
    });
  }
}
