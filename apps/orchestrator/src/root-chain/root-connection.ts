import { readFile } from 'node:fs/promises';
import { isHex } from '@flotilla/common';
import { parseFinality, RootClient } from '@flotilla/contracts';
import { ApiError, ApiErrorCode } from '../errors.js';

export interface RootConnectionOptions {
  readonly rpcUrl: string;
  readonly finality: string;
  /** Holds the private key that pays for registrations and anchors. */
  readonly relayerKeyFile: string;
}

export interface RootFacts {
  readonly chainId: number;
  readonly registry: string;
  readonly checkpointManager: string;
}

/** The root may not be there yet when we start: connected at first use, and tried again at each until then. */
export class RootConnection {
  #client: RootClient | undefined;
  #connecting: Promise<RootClient> | undefined;
  #chainId: number | undefined;

  constructor(readonly options: RootConnectionOptions) {}

  /** Undefined before the first contact. */
  get knownChainId(): number | undefined {
    return this.#chainId;
  }

  /** @throws RootError `ROOT_UNREACHABLE`, `ROOT_NOT_DEPLOYED`; ApiError `BAD_FILE` */
  async client(): Promise<RootClient> {
    if (this.#client) return this.#client;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** @throws as `client` */
  async facts(): Promise<RootFacts> {
    const { registry, checkpointManager } = await this.client();
    return { chainId: this.#chainId as number, registry, checkpointManager };
  }

  /** True when the root answers now. */
  async ping(): Promise<boolean> {
    try {
      await (await this.client()).block('latest');
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#client?.close();
  }

  async #connect(): Promise<RootClient> {
    const { rpcUrl, finality, relayerKeyFile } = this.options;
    const privateKey = await readPrivateKey(relayerKeyFile);
    const client = await RootClient.connect({
      rpcUrl,
      finality: parseFinality(finality),
      privateKey,
    });
    await client.assertDeployed();
    this.#chainId = await client.rootChainId();
    this.#client = client;
    return client;
  }
}

async function readPrivateKey(file: string): Promise<`0x${string}`> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  const key = text.startsWith('0x') ? text : `0x${text}`;
  if (isHex(key, 32)) return key;
  throw new ApiError(ApiErrorCode.BadFile, `${file} does not hold a private key (32 bytes in hex)`);
}
