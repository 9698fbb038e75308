import type { Blockchain } from '@flotilla/chain';
import type { Hash } from '@flotilla/common';
import { invalidParams } from '../../errors.js';
import { quantity } from '../../format/quantity.js';
import type { RpcMethod } from '../../method.js';
import { method, optional } from '../../params/parser.js';
import { bothFamilies, named } from './named.js';
import { ignored } from './values.js';

export interface InformationOptions {
  readonly clientVersion: string;
  /** Differs with every start of the process. */
  readonly instanceId: Hash;
}

/** What suites ask to find out what they run against; and what they may ask, but not of this chain. */
export function informationMethods(chain: Blockchain, options: InformationOptions): RpcMethod[] {
  const { chainId } = chain.identity;
  const metadata = () => {
    const { number, hash } = chain.head();
    return {
      clientVersion: options.clientVersion,
      chainId,
      instanceId: options.instanceId,
      latestBlockNumber: number,
      latestBlockHash: hash,
      snapshots: {},
    };
  };
  const refused = (name: string, why: string) =>
    method(name, [optional(ignored), optional(ignored)], () => {
      throw invalidParams(why);
    });
  return [
    ...named(bothFamilies('metadata'), (name) => method(name, [], metadata)),
    method('anvil_nodeInfo', [], () => {
      const { number, hash, timestamp } = chain.head();
      return {
        currentBlockNumber: number,
        currentBlockTimestamp: timestamp,
        currentBlockHash: hash,
        transactionOrder: 'fees',
        environment: {
          baseFee: quantity(chain.nextBaseFee()),
          chainId,
          gasLimit: quantity(chain.head().gasLimit),
          gasPrice: quantity(chain.gasPrice()),
        },
        forkConfig: { forkUrl: null, forkBlockNumber: null, forkRetryBackoff: null },
      };
    }),
    ...named(bothFamilies('setLoggingEnabled'), (name) =>
      method(name, [optional(ignored)], () => true),
    ),
    refused('anvil_setChainId', 'the chain id is part of what the root has registered'),
    ...named(bothFamilies('setMinGasPrice'), (name) =>
      refused(name, "fees are settings of the chain: change them with 'flotilla chain update'"),
    ),
  ];
}
