import type { Clock } from '@flotilla/common';
import type { RpcMethod } from '@flotilla/rpc';
import type { Activity } from '../activity.js';

/** What an open wallet or a health check asks for ever, whether or not anybody uses the chain. */
const PASSIVE = new Set([
  'eth_blockNumber',
  'eth_chainId',
  'eth_gasPrice',
  'eth_syncing',
  'flotilla_checkpoint',
  'flotilla_status',
  'net_listening',
  'net_version',
  'web3_clientVersion',
]);
/** Questions about the newest header alone. */
const HEADS: ReadonlySet<unknown> = new Set(['latest', 'safe', 'finalized']);

/** The same methods, each noting that the chain is in use; those that only look at it do not. */
export function noticing(
  methods: readonly RpcMethod[],
  activity: Activity,
  clock: Clock,
): RpcMethod[] {
  const touch = () => activity.touch(clock.now());
  return methods.map((method) => {
    if (PASSIVE.has(method.name)) return method;
    if (method.name === 'eth_getFilterChanges') return noticingNews(method, touch);
    const isUse =
      method.name === 'eth_getBlockByNumber'
        ? ([block, full]: readonly unknown[]) => full === true || !HEADS.has(block)
        : () => true;
    return {
      ...method,
      handle: (params, context) => {
        if (isUse(params)) touch();
        return method.handle(params, context);
      },
    };
  });
}

/** A filter that is polled in vain keeps nobody awake. */
function noticingNews(method: RpcMethod, touch: () => void): RpcMethod {
  const look = (changes: unknown) => {
    if (Array.isArray(changes) && changes.length > 0) touch();
    return changes;
  };
  return {
    ...method,
    handle: (params, context) => {
      const changes = method.handle(params, context);
      return changes instanceof Promise ? changes.then(look) : look(changes);
    },
  };
}
