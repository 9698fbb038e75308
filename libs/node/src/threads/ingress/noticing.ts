import type { Clock } from '@flotilla/common';
import { isPassive } from '@flotilla/messaging';
import type { RpcContext, RpcMethod } from '@flotilla/rpc';
import type { Activity } from '../activity.js';

const OWN_METHODS = new Set(['flotilla_checkpoint', 'flotilla_status']);
/** Headers that the control plane looks at; who waits for finality uses the chain. */
const ANCHORED: ReadonlySet<unknown> = new Set(['safe', 'finalized']);

/** The same methods, each noting that the chain is in use; those that only look at it do not. */
export function noticing(
  methods: readonly RpcMethod[],
  activity: Activity,
  clock: Clock,
): RpcMethod[] {
  const touch = () => activity.touch(clock.now());
  return methods.map((method) => {
    if (method.name === 'eth_getFilterChanges') return noticingNews(method, touch);
    return {
      ...method,
      handle: (params, context) => {
        if (isUse(method.name, params, context)) touch();
        return method.handle(params, context);
      },
    };
  });
}

function isUse(name: string, params: readonly unknown[], context: RpcContext): boolean {
  if (isPassive(name, params)) return false;
  return comesThroughGateway(context) || !isProbe(name, params);
}

/** It says whose request it is; the control plane asks the node itself, and never over a WebSocket. */
function comesThroughGateway({ client, session }: RpcContext): boolean {
  return typeof client === 'string' || session !== undefined;
}

function isProbe(name: string, [block, full]: readonly unknown[]): boolean {
  if (OWN_METHODS.has(name)) return true;
  return name === 'eth_getBlockByNumber' && full !== true && ANCHORED.has(block);
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
