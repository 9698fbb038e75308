import { readFile } from 'node:fs/promises';
import { type Clock, type Logger, sleep } from '@flotilla/common';
import type { AccountPort, Chain } from '@flotilla/orchestration';
import type { NatsAccountStore } from '@flotilla/persistence';
import type { ControlLink } from '../messaging/control-link.js';
import type { LocalNodeFolders } from './local-node-folders.js';

const RETRY_MS = 2_000;

/**
 * One account per chain, issued before the chain first starts. The server may be away or wiped: JWTs
 * wait in PostgreSQL and are pushed when it is (back) there; a chain starts without waiting for it.
 */
export class NatsAccounts implements AccountPort {
  readonly #unpushed = new Map<string, string>();
  /** The server may know none of ours: all are to be pushed. */
  #reload = false;
  #pushing: Promise<void> | undefined;
  #closed = false;

  constructor(
    readonly options: { readonly sharedCredsFile: string | undefined },
    readonly modules: {
      readonly link: ControlLink;
      readonly accounts: NatsAccountStore;
      readonly folders: LocalNodeFolders;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {
    modules.link.onSystemConnected(() => this.pushAll());
  }

  async ensure(chain: Chain): Promise<{ readonly shared: boolean }> {
    const { link, accounts, folders } = this.modules;
    if (!link.accounts) {
      const { sharedCredsFile } = this.options;
      if (sharedCredsFile) await folders.writeCreds(chain, await readFile(sharedCredsFile, 'utf8'));
      return { shared: true };
    }
    if ((await accounts.find(chain.id)) && (await folders.hasCreds(chain)))
      return { shared: false };
    const { publicKey, accountJwt, userCreds } = await link.accounts.issuer.issueChain(chain.name);
    await folders.writeCreds(chain, userCreds);
    await accounts.save({ chainKey: chain.id, publicKey, accountJwt });
    this.#unpushed.set(publicKey, accountJwt);
    this.#push();
    return { shared: false };
  }

  async remove(chain: Chain): Promise<void> {
    const { link, accounts, logger } = this.modules;
    const account = await accounts.find(chain.id);
    if (!account || !link.accounts) return;
    this.#unpushed.delete(account.publicKey);
    try {
      await link.accounts.issuer.deleteAccount(link.accounts.system, account.publicKey);
    } catch (error) {
      // The chain's process is gone and its credentials are archived with it; a wipe forgets the rest.
      logger.warn('account not removed at the server', { chain: chain.name, error: String(error) });
    }
    await accounts.remove(chain.id);
  }

  /** After a reconnect the server may have lost everything. */
  async pushAll(): Promise<void> {
    this.#reload = true;
    this.#push();
  }

  close(): void {
    this.#closed = true;
  }

  #push(): void {
    this.#pushing ??= this.#drain().finally(() => {
      this.#pushing = undefined;
    });
  }

  async #drain(): Promise<void> {
    const { link, clock, logger } = this.modules;
    const { accounts } = link;
    while (accounts && !this.#closed && (this.#reload || this.#unpushed.size > 0)) {
      try {
        if (this.#reload) await this.#loadAll();
        await this.#pushOne(accounts);
      } catch (error) {
        // With the next connection everything is pushed again.
        if (!accounts.system.connected) return;
        const waiting = (error as { retryable?: boolean }).retryable === true;
        const fields = { error: String(error) };
        if (waiting) logger.debug('accounts not pushed yet', fields);
        else logger.warn('accounts not pushed', fields);
        await sleep(clock, RETRY_MS);
      }
    }
  }

  async #loadAll(): Promise<void> {
    const all = await this.modules.accounts.all();
    for (const { publicKey, accountJwt } of all) this.#unpushed.set(publicKey, accountJwt);
    this.#reload = false;
  }

  async #pushOne({ issuer, system }: NonNullable<ControlLink['accounts']>): Promise<void> {
    const next = this.#unpushed.entries().next().value;
    if (next === undefined) return;
    const [publicKey, jwt] = next;
    await issuer.pushAccount(system, jwt);
    this.#unpushed.delete(publicKey);
  }
}
