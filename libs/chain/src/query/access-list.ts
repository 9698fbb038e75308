import { type Address, ZERO_ADDRESS } from '@flotilla/common';
import { AccessTracer, type CallResult, createAddress, recoverAuthority } from '@flotilla/evm';
import type { Header } from '../block/types.js';
import type { AccessListEntry } from '../transaction/types.js';
import type { Caller } from './caller.js';
import type { CallOptions, CallRequest } from './types.js';

/** A list changes what code sees of its gas, and so what it does: after so many rounds the last list is good enough. */
const MAX_ROUNDS = 16;

export interface AccessListOutcome {
  readonly accessList: readonly AccessListEntry[];
  /** With that list. */
  readonly result: CallResult;
}

export interface AccessListContext {
  readonly caller: Caller;
  readonly header: Header;
  readonly options: CallOptions;
  /** The sender's next. */
  readonly nonce: bigint;
  isPrecompile(address: Address): boolean;
}

/** EIP-2930: what the request touches, found by running it until its list no longer grows. @throws as `Caller.run` */
export function createAccessList(
  request: CallRequest,
  context: AccessListContext,
): AccessListOutcome {
  const { caller, header, options } = context;
  const message = caller.message(request);
  const warm = warmAnyway(request, context);
  const isExcluded = (address: Address) => warm.has(address) || context.isPrecompile(address);
  let accessList = request.accessList ?? [];
  for (let round = 1; ; round++) {
    const tracer = new AccessTracer({ isExcluded, initial: accessList });
    const result = caller.run({ ...message, accessList }, header, options, tracer);
    if (tracer.size === sizeOf(accessList) || round === MAX_ROUNDS) return { accessList, result };
    accessList = tracer.list();
  }
}

function sizeOf(list: readonly AccessListEntry[]): number {
  return list.reduce((sum, { storageKeys }) => sum + 1 + storageKeys.length, 0);
}

function warmAnyway(request: CallRequest, { nonce }: AccessListContext): ReadonlySet<Address> {
  const from = request.from ?? ZERO_ADDRESS;
  const authorities = (request.authorizationList ?? []).flatMap(
    (authorization) => recoverAuthority(authorization) ?? [],
  );
  return new Set([from, request.to ?? createAddress(from, nonce), ...authorities]);
}
