import type { Route } from '@flotilla/messaging';
import { GatewayError, GatewayErrorCode } from '../errors.js';
import type { KeyTable } from './key-table.js';

/** Who may speak with which chain. */
export class Access {
  constructor(private readonly modules: { readonly keys: KeyTable }) {}

  /**
   * Why the chain is closed to whoever shows that key; undefined when it is open.
   * @param keyHash SHA-256 of the key, hex; undefined without one
   * @returns `UNAUTHENTICATED`, `FORBIDDEN`, or `CHAIN_UNAVAILABLE` while it is not known which keys there are
   */
  refusal({ name, keysOf }: Route, keyHash: string | undefined): GatewayError | undefined {
    if (keysOf === undefined) return undefined;
    const { keys } = this.modules;
    if (keyHash === undefined) {
      const how = 'as "Authorization: Bearer <key>", or in the path as /<chain>/<key>';
      return unauthenticated(`chain ${name} wants a key, ${how}`);
    }
    const key = keys.get(keyHash);
    if (key === undefined) {
      return keys.isLoaded ? unauthenticated('the key is unknown or revoked') : notYet();
    }
    if (key.tenant === null || key.tenant === keysOf) return undefined;
    return new GatewayError(
      GatewayErrorCode.Forbidden,
      `the key does not open chain ${name}: it is another tenant's`,
    );
  }
}

function unauthenticated(message: string): GatewayError {
  return new GatewayError(GatewayErrorCode.Unauthenticated, message);
}

function notYet(): GatewayError {
  const message = 'it is not known yet which keys there are, try again';
  return new GatewayError(GatewayErrorCode.ChainUnavailable, message, { retryable: true });
}
