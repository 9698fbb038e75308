import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from '@nats-io/nkeys';
import { z } from 'zod';
import { MessagingError, MessagingErrorCode } from './errors.js';
import { SigningKey } from './signing-key.js';
import { ANY_CHAIN, CONTROL, subjectSpace } from './subjects.js';

/**
 * The operator of one NATS server: who may sign accounts. All of it is secret and belongs in a 0600 file;
 * whoever holds it can read every chain's messages.
 */
export const operatorKeysSchema = z.object({
  operatorSeed: z.string().startsWith('SO'),
  /** Signs chain accounts; can be replaced without touching the operator's identity. */
  signingSeed: z.string().startsWith('SO'),
  systemSeed: z.string().startsWith('SA'),
  controlSeed: z.string().startsWith('SA'),
});

export type OperatorKeys = z.infer<typeof operatorKeysSchema>;

/** What the server's configuration needs. Public. */
export interface OperatorBundle {
  readonly operatorJwt: string;
  readonly systemAccount: { readonly publicKey: string; readonly jwt: string };
  readonly controlAccount: { readonly publicKey: string; readonly jwt: string };
}

const UNLIMITED = -1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function generateOperatorKeys(): OperatorKeys {
  return {
    operatorSeed: seedOf(createOperator()),
    signingSeed: seedOf(createOperator()),
    systemSeed: seedOf(createAccount()),
    controlSeed: seedOf(createAccount()),
  };
}

/** Reads the keys' JSON. @throws MessagingError `NATS_INVALID_OPERATOR` */
export function parseOperatorKeys(text: string): OperatorKeys {
  try {
    const keys = operatorKeysSchema.parse(JSON.parse(text));
    for (const seed of Object.values(keys)) keyPair(seed);
    return keys;
  } catch (cause) {
    throw new MessagingError(MessagingErrorCode.InvalidOperator, 'unreadable operator keys', {
      cause,
    });
  }
}

/** The JWTs of the operator, the system account and the control account (which holds JetStream). */
export async function operatorBundle(keys: OperatorKeys): Promise<OperatorBundle> {
  const operator = keyPair(keys.operatorSeed);
  const system = keyPair(keys.systemSeed);
  const control = keyPair(keys.controlSeed);
  const signing = keyPair(keys.signingSeed);
  const operatorJwt = await encodeOperator('flotilla', operator, {
    signing_keys: [signing.getPublicKey()],
    system_account: system.getPublicKey(),
  });
  const basic = {
    imports: UNLIMITED,
    exports: UNLIMITED,
    wildcards: true,
    conn: UNLIMITED,
    leaf: 0,
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
  };
  const systemJwt = await encodeAccount('SYS', system, { limits: basic }, { signer: signing });
  const controlJwt = await encodeAccount(
    'CONTROL',
    control,
    {
      limits: {
        ...basic,
        mem_storage: UNLIMITED,
        disk_storage: UNLIMITED,
        streams: UNLIMITED,
        consumer: UNLIMITED,
      },
      exports: [
        {
          name: 'heartbeats',
          subject: subjectSpace('hb', ANY_CHAIN),
          type: 'service',
          response_type: 'Singleton',
        },
        {
          name: 'events',
          subject: subjectSpace('evt', ANY_CHAIN),
          type: 'service',
          response_type: 'Singleton',
        },
        { name: 'commands', subject: subjectSpace('cmd', ANY_CHAIN), type: 'stream' },
      ],
    },
    { signer: signing },
  );
  return {
    operatorJwt,
    systemAccount: { publicKey: system.getPublicKey(), jwt: systemJwt },
    controlAccount: { publicKey: control.getPublicKey(), jwt: controlJwt },
  };
}

/** For the orchestrator: everything in the control account, JetStream included. */
export function controlCreds(keys: OperatorKeys): Promise<string> {
  return userCreds('orchestrator', keyPair(keys.controlSeed), {});
}

/** For the orchestrator's account pusher: only the resolver's requests of the system account. */
export function systemCreds(keys: OperatorKeys): Promise<string> {
  return userCreds('accounts', keyPair(keys.systemSeed), {
    pub: { allow: ['$SYS.REQ.CLAIMS.>', '_INBOX.>'], deny: [] },
    sub: { allow: ['_INBOX.>'], deny: [] },
  });
}

/** For the gateway: hears heartbeats and its own news, asks for routes; cannot command a chain. */
export function gatewayCreds(keys: OperatorKeys): Promise<string> {
  return userCreds('gateway', keyPair(keys.controlSeed), {
    pub: { allow: [subjectSpace('rpc', CONTROL)], deny: [] },
    sub: {
      allow: [subjectSpace('hb', ANY_CHAIN), subjectSpace('evt', CONTROL), '_INBOX.>'],
      deny: [],
    },
  });
}

/** For the root's node: speaks only for itself. */
export function rootCreds(keys: OperatorKeys): Promise<string> {
  return userCreds('root', keyPair(keys.controlSeed), {
    pub: { allow: [subjectSpace('hb', 'root'), subjectSpace('evt', 'root')], deny: ['$JS.>'] },
    sub: { allow: [subjectSpace('cmd', 'root'), '_INBOX.>'], deny: ['$JS.>'] },
  });
}

/** A creds file's text for a new user of `account`. */
export async function userCreds(
  name: string,
  account: KeyPair,
  permissions: Parameters<typeof encodeUser>[3],
): Promise<string> {
  const user = new SigningKey(createUser());
  const jwt = await encodeUser(name, user, account, {
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
    ...permissions,
  });
  return decoder.decode(fmtCreds(jwt, user));
}

/** @throws MessagingError `NATS_INVALID_OPERATOR` */
export function keyPair(seed: string): KeyPair {
  try {
    return new SigningKey(fromSeed(encoder.encode(seed)));
  } catch (cause) {
    throw new MessagingError(MessagingErrorCode.InvalidOperator, 'not an nkey seed', { cause });
  }
}

function seedOf(pair: KeyPair): string {
  return decoder.decode(pair.getSeed());
}
