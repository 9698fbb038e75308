import { type Account, decode, encodeAccount, encodeGeneric } from '@nats-io/jwt';
import { createAccount, type KeyPair } from '@nats-io/nkeys';
import { z } from 'zod';
import { MessagingError, MessagingErrorCode } from './errors.js';
import type { Messaging } from './messaging.js';
import { keyPair, type OperatorKeys, userCreds } from './operator.js';
import { SigningKey } from './signing-key.js';
import { subjectSpace } from './subjects.js';

/** Limits of one chain's account; payload in bytes. */
export interface AccountLimits {
  readonly connections: number;
  readonly subscriptions: number;
  readonly payloadBytes: number;
}

export const defaultAccountLimits: AccountLimits = {
  connections: 8,
  subscriptions: 64,
  payloadBytes: 8 * 1024 * 1024,
};

/** A chain's account and its one user. The account's own key is thrown away: a new issue is a new account. */
export interface IssuedAccount {
  readonly publicKey: string;
  /** Keep it: it is pushed again after the server was wiped. */
  readonly accountJwt: string;
  /** A creds file's text; secret; goes to the chain's node. */
  readonly userCreds: string;
}

const updateReply = z.object({
  data: z.object({ code: z.number().optional(), message: z.string().optional() }).optional(),
  error: z.object({ description: z.string().optional() }).optional(),
});

/** Signs chain accounts and brings them to the server's resolver. */
export class AccountIssuer {
  readonly #operator: KeyPair;
  readonly #control: KeyPair;
  readonly #signer: KeyPair;

  constructor(options: { keys: OperatorKeys }) {
    this.#operator = keyPair(options.keys.operatorSeed);
    this.#control = keyPair(options.keys.controlSeed);
    this.#signer = keyPair(options.keys.signingSeed);
  }

  /**
   * A new account that sees nothing but the chain's own heartbeats, events and commands, and no JetStream.
   * It works once it has been pushed. @throws MessagingError `INVALID_SUBJECT` for a name that is no token
   */
  async issueChain(name: string, limits = defaultAccountLimits): Promise<IssuedAccount> {
    const account = new SigningKey(createAccount());
    const publicKey = account.getPublicKey();
    const accountJwt = await this.#accountJwt(name, publicKey, limits);
    // The account's limits bind its one user, too, and can be changed without new credentials.
    const creds = await userCreds(name, account, {
      pub: {
        allow: [subjectSpace('hb', name), subjectSpace('evt', name), '_INBOX.>'],
        deny: ['$JS.>', '$SYS.>'],
      },
      sub: { allow: [subjectSpace('cmd', name), '_INBOX.>'], deny: ['$JS.>', '$SYS.>'] },
    });
    return { publicKey, accountJwt, userCreds: creds };
  }

  /** The account with other limits, to be pushed; undefined when it has these already. */
  async relimit(
    name: string,
    { publicKey, accountJwt }: Pick<IssuedAccount, 'publicKey' | 'accountJwt'>,
    limits: AccountLimits,
  ): Promise<string | undefined> {
    const current = decode<Account>(accountJwt).nats.limits;
    const isSame =
      current?.conn === limits.connections &&
      current.subs === limits.subscriptions &&
      current.payload === limits.payloadBytes;
    return isSame ? undefined : this.#accountJwt(name, publicKey, limits);
  }

  #accountJwt(name: string, publicKey: string, limits: AccountLimits): Promise<string> {
    const control = this.#control.getPublicKey();
    return encodeAccount(
      name,
      publicKey,
      {
        limits: {
          imports: 3,
          exports: 0,
          wildcards: true,
          conn: limits.connections,
          leaf: 0,
          subs: limits.subscriptions,
          data: -1,
          payload: limits.payloadBytes,
          mem_storage: 0,
          disk_storage: 0,
          streams: 0,
          consumer: 0,
        },
        imports: [
          {
            name: 'heartbeats',
            subject: subjectSpace('hb', name),
            account: control,
            type: 'service',
          },
          { name: 'events', subject: subjectSpace('evt', name), account: control, type: 'service' },
          {
            name: 'commands',
            subject: subjectSpace('cmd', name),
            account: control,
            type: 'stream',
          },
        ],
      },
      { signer: this.#signer },
    );
  }

  /**
   * Stores or replaces an account at the server. Idempotent.
   * @param system a connection with `systemCreds`
   * @throws MessagingError `NATS_ACCOUNT_REFUSED`, `NATS_NOT_CONNECTED`, `NATS_NO_ANSWER`
   */
  async pushAccount(system: Messaging, accountJwt: string): Promise<void> {
    await this.#claims(system, '$SYS.REQ.CLAIMS.UPDATE', accountJwt);
  }

  /** Removes an account; its connections are closed by the server. Idempotent. */
  async deleteAccount(system: Messaging, publicKey: string): Promise<void> {
    const operator = this.#operator;
    const request = await encodeGeneric(operator.getPublicKey(), operator, 'generic', {
      accounts: [publicKey],
    });
    await this.#claims(system, '$SYS.REQ.CLAIMS.DELETE', request);
  }

  async #claims(system: Messaging, subject: string, payload: string): Promise<void> {
    const answer = await system.connection
      .request(subject, payload, { timeout: 5_000 })
      .catch((cause: unknown) => {
        throw new MessagingError(MessagingErrorCode.NoAnswer, 'the account resolver is silent', {
          cause,
          retryable: true,
        });
      });
    const reply = updateReply.safeParse(answer.json());
    if (reply.success && !reply.data.error && (reply.data.data?.code ?? 200) === 200) return;
    throw new MessagingError(
      MessagingErrorCode.AccountRefused,
      reply.data?.error?.description ?? reply.data?.data?.message ?? 'the resolver refused',
      { retryable: true },
    );
  }
}
