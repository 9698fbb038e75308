import { type AccessListOutcome, type ChainView, haltMessage } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { quantity } from '../format/quantity.js';
import type { RpcMethod } from '../method.js';
import { blockOverride, callRequest, stateOverrides } from '../params/call-request.js';
import { method, optional } from '../params/parser.js';
import { blockId } from '../params/values.js';

/** Messages that run and leave nothing behind. */
export function callMethods(chain: ChainView): RpcMethod[] {
  const params = [
    callRequest(chain.identity.chainId),
    optional(blockId, 'latest'),
    optional(stateOverrides),
    optional(blockOverride),
  ] as const;
  return [
    method('eth_call', params, ([request, block, accounts, blockFields]) =>
      bytesToHex(
        chain.call(request, block, { stateOverrides: accounts, blockOverrides: blockFields })
          .output,
      ),
    ),
    method(
      'eth_createAccessList',
      [params[0], params[1], params[2]],
      ([request, block, accounts]) => {
        const options = { stateOverrides: accounts };
        const { accessList, result } = chain.createAccessList(request, block, options);
        return {
          accessList,
          gasUsed: quantity(result.gasUsed),
          ...(result.status === 'success' ? {} : { error: failureText(result) }),
        };
      },
    ),
    method('eth_estimateGas', params, ([request, block, accounts, blockFields]) =>
      quantity(
        chain.estimateGas(request, block, {
          stateOverrides: accounts,
          blockOverrides: blockFields,
        }),
      ),
    ),
  ];
}

function failureText({ status, haltReason }: AccessListOutcome['result']): string {
  return status === 'revert' ? 'execution reverted' : haltMessage(haltReason);
}
