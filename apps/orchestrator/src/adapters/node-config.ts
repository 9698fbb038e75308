import { type ChainConfig, configHash, resolveConfig } from '@flotilla/chain';
import type { Hash } from '@flotilla/common';
import { devAlloc, type NodeConfigInput, parseNodeConfig } from '@flotilla/node';
import {
  type Chain,
  type ChainSettings,
  type ChainSpec,
  type IdentifiedChain,
  isOfPair,
} from '@flotilla/orchestration';
import type { RootFacts } from '../root-chain/root-connection.js';

export interface NodeEnvironment {
  readonly profile: 'dev' | 'production';
  readonly natsUrl: string;
  readonly natsAccount: 'operator' | 'shared';
  /** Name of the credentials file in the node's folder; undefined when the server wants none. */
  readonly natsCredsFile: string | undefined;
  readonly rootRpcUrl: string;
  readonly rootFinality: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

type Numbered = Chain & { readonly chainId: number };

/** What the chain's node.json says; it follows from the chain's row alone, so writing it again changes nothing. */
export function nodeConfig(
  chain: Numbered,
  instance: string,
  root: RootFacts,
  environment: NodeEnvironment,
): NodeConfigInput {
  const { spec } = chain;
  const { natsCredsFile } = environment;
  return {
    role: 'micro',
    name: chain.name,
    instance,
    failover: spec.failover,
    standby: spec.failover && isOfPair(chain, instance),
    chain: chainConfig(chain, environment.profile),
    rpc: { host: '127.0.0.1', port: 0 },
    nats: {
      url: environment.natsUrl,
      account: environment.natsAccount,
      ...(natsCredsFile !== undefined && { credsFile: natsCredsFile }),
    },
    root: {
      rpcUrl: environment.rootRpcUrl,
      chainId: root.chainId,
      registry: root.registry,
      checkpointManager: root.checkpointManager,
      finality: environment.rootFinality,
    },
    anchoring: { ...spec.checkpoint },
    logLevel: environment.logLevel,
  };
}

/** The configuration hash that the root registers: the one that the node itself will compute. */
export function registeredConfigHash(
  chain: IdentifiedChain,
  profile: NodeEnvironment['profile'],
): Hash {
  const { chain: parsed } = parseNodeConfig({
    role: 'micro',
    name: chain.name,
    chain: chainConfig(chain, profile),
  });
  return configHash(resolveConfig(parsed as ChainConfig));
}

/** A chain's settings as a node takes them, in its file and by message; both add when blocks are made. */
export function nodeSettings({ gasLimit, fees, token, allow }: ChainSettings) {
  const { symbol, name = symbol, decimals } = token;
  const { mode, gasPrice } = fees;
  return {
    gasLimit: String(gasLimit),
    fees: { mode, ...(gasPrice !== undefined && { gasPrice }) },
    token: { symbol, name, decimals },
    allow,
  };
}

/** With genesis's settings, whatever they are now: the node's store knows how they changed. */
function chainConfig(chain: Numbered, profile: NodeEnvironment['profile']) {
  const { spec } = chain;
  return {
    chainId: chain.chainId,
    name: chain.name,
    hardforks: hardforks(spec.hardfork),
    ...nodeSettings(chain.genesis),
    sealing: { ...chain.genesis.sealing },
    alloc: alloc(spec, profile),
    history: { archive: spec.history.archive, minBlocks: spec.history.blocks },
    profile,
    genesisTimestamp: Math.floor(chain.createdAt / 1000),
  };
}

function hardforks(newest: ChainSpec['hardfork']) {
  return {
    cancun: 0 as const,
    ...(newest !== 'cancun' && { prague: 0 }),
    ...(newest === 'osaka' && { osaka: 0 }),
  };
}

/** What the spec says of an account wins over the dev profile's. */
function alloc(spec: ChainSpec, profile: NodeEnvironment['profile']) {
  const accounts: Record<
    string,
    { balance: string; nonce?: string; code?: string; storage?: Record<string, string> }
  > = {};
  if (profile === 'dev') {
    for (const [address, { balance }] of Object.entries(devAlloc())) {
      accounts[address] = { balance: balance.toString() };
    }
  }
  for (const [address, { nonce, ...account }] of Object.entries(spec.alloc)) {
    accounts[address] = { ...account, ...(nonce !== undefined && { nonce: String(nonce) }) };
  }
  return accounts;
}
