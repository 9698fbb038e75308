import type { Route } from './message.schema.js';

/** What is known of a chain while it sleeps. */
export type SleepingRoute = Pick<Route, 'name' | 'chainId' | 'latestBlock' | 'gasPrice'>;

interface PassiveCall {
  /** Whether these parameters ask no more than that; absent: any do. */
  readonly accepts?: (params: readonly unknown[]) => boolean;
  /** Undefined when nobody could ask the chain before it fell asleep. */
  readonly answer: (route: SleepingRoute) => unknown;
}

/**
 * What an open wallet asks for ever, whether or not anybody uses the chain. The node doesn't count these as use, and the
 * gateway answers each of them for a sleeping chain: what only one of the two knew would put chains to sleep to be woken
 * again by the next poll.
 */
const PASSIVE: ReadonlyMap<string, PassiveCall> = new Map<string, PassiveCall>([
  ['eth_chainId', { answer: ({ chainId }) => `0x${chainId.toString(16)}` }],
  ['net_version', { answer: ({ chainId }) => String(chainId) }],
  ['net_listening', { answer: () => true }],
  ['eth_syncing', { answer: () => false }],
  ['web3_clientVersion', { answer: () => 'Flotilla/sleeping' }],
  ['eth_gasPrice', { answer: ({ gasPrice }) => gasPrice }],
  ['eth_blockNumber', { answer: ({ latestBlock }) => latestBlock?.number }],
  [
    'eth_getBlockByNumber',
    {
      accepts: ([block, full]) => block === 'latest' && full !== true,
      answer: ({ latestBlock }) => latestBlock,
    },
  ],
]);

export const PASSIVE_METHODS: readonly string[] = [...PASSIVE.keys()];

/** Whether a call only looks at the chain, so that it neither wakes it nor keeps it awake. */
export function isPassive(method: string, params: readonly unknown[]): boolean {
  const call = PASSIVE.get(method);
  return call !== undefined && (call.accepts?.(params) ?? true);
}

/** A sleeping chain's answer to a passive call; undefined when the chain itself is needed. */
export function passiveAnswer(
  method: string,
  params: readonly unknown[],
  route: SleepingRoute,
): unknown {
  return isPassive(method, params) ? PASSIVE.get(method)?.answer(route) : undefined;
}
