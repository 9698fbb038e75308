import { readFile } from 'node:fs/promises';
import { type Clock, type Logger, sleep } from '@flotilla/common';
import { type AccountPort, type Chain, chainLimits } from '@flotilla/orchestration';
import type { NatsAccountRecord, NatsAccountStore } from '@flotilla/persistence';
import type { ControlLink } from '../messaging/control-link.js';
import type { LocalNodeFolders } from './local-node-folders.js';

const RETRY_MS = 2_000;
/** The same until they could be read: when everything starts at once, the database comes a moment later. */
const RELOAD_MS = 100;
/**
 * How long a chain waits for the server to know its account. A node that comes first is held by the server for two
 * seconds and turned away: until it has come again it hears no command.
 */
const KNOWN_MS = 500;

/**
 * One account per chain, issued before the chain first starts. The server may be away or wiped: JWTs
 * wait in PostgreSQL and are pushed when it is (back) there; a chain hardly waits for that.
 */
export class NatsAccounts implements AccountPort {
  readonly #unpushed = new Map<string, string>();
  readonly #onPushed = new Map<string, () => void>();
  /** The server may know none of ours: all are to be pushed. */
  #reload = false;
  #isPushing = false;
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
    const { issuer } = link.accounts;
    const limits = chainLimits(chain).nats;
    const known = await accounts.find(chain.id);
    if (known && (await folders.hasCreds(chain))) {
      const accountJwt = await issuer.relimit(chain.name, known, limits);
      if (accountJwt !== undefined) await this.#keep({ ...known, accountJwt });
      return { shared: false };
    }
    const { userCreds, ...issued } = await issuer.issueChain(chain.name, limits);
    await folders.writeCreds(chain, userCreds);
    await this.#keep({ chainKey: chain.id, ...issued });
    return { shared: false };
  }

  async #keep({ chainKey, publicKey, accountJwt }: NatsAccountRecord): Promise<void> {
    await this.modules.accounts.save({ chainKey, publicKey, accountJwt });
    this.#unpushed.set(publicKey, accountJwt);
    const pushed = new Promise<void>((resolve) => this.#onPushed.set(publicKey, resolve));
    this.#push();
    if (this.modules.link.accounts?.system.connected) {
      await Promise.race([pushed, sleep(this.modules.clock, KNOWN_MS)]);
    }
    this.#onPushed.delete(publicKey);
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
    if (this.#isPushing) return;
    this.#isPushing = true;
    void this.#drain();
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
        if (!accounts.system.connected) break;
        const waiting = (error as { retryable?: boolean }).retryable === true;
        const fields = { error: String(error) };
        if (waiting) logger.debug('accounts not pushed yet', fields);
        else logger.warn('accounts not pushed', fields);
        await sleep(clock, this.#reload ? RELOAD_MS : RETRY_MS);
      }
    }
    // In the same turn as the last look: what comes later finds nobody pushing.
    this.#isPushing = false;
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
    this.#onPushed.get(publicKey)?.();
    // Unless it was issued anew meanwhile.
    if (this.#unpushed.get(publicKey) === jwt) this.#unpushed.delete(publicKey);
  }
}
