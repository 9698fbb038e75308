import type { Trace } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { quantity } from '../quantity.js';
import { formatStorage } from './struct-logs.js';

type PrestateTrace = Extract<Trace, { tracer: 'prestateTracer' }>;
type Accounts = PrestateTrace['pre'];
type Account = Accounts extends ReadonlyMap<unknown, infer Value> ? Value : never;

/** In diff mode `{pre, post}`, else the accounts alone. */
export function formatPrestate({ pre, post }: PrestateTrace): Record<string, unknown> {
  if (post === undefined) return formatAccounts(pre);
  return { pre: formatAccounts(pre), post: formatAccounts(post) };
}

function formatAccounts(accounts: Accounts): Record<string, unknown> {
  return Object.fromEntries(
    [...accounts].map(([address, account]) => [address, formatAccount(account)]),
  );
}

/** The nonce is a plain number, as in geth. */
function formatAccount({ balance, nonce, code, codeHash, storage }: Account) {
  return {
    ...(balance === undefined ? {} : { balance: quantity(balance) }),
    ...(nonce === undefined ? {} : { nonce: Number(nonce) }),
    ...(code === undefined ? {} : { code: bytesToHex(code) }),
    ...(codeHash === undefined ? {} : { codeHash }),
    ...(storage.size === 0 ? {} : { storage: formatStorage(storage) }),
  };
}
