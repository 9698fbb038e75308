import type { CallRequest } from './types.js';

/** The type that a request becomes as a transaction: 2, unless it says otherwise by what it gives. */
export function transactionType(request: CallRequest): 0 | 1 | 2 | 4 {
  if (request.authorizationList !== undefined) return 4;
  if (request.gasPrice === undefined) return 2;
  return request.accessList === undefined ? 0 : 1;
}
