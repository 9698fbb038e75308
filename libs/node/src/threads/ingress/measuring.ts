import type { RpcMethod } from '@flotilla/rpc';
import type { LoadGauge } from '../load-gauge.js';

/** Sends wait for blocks, traces take as long as they take: neither says how busy the node is. */
const READ = /^eth_(?!send|new|uninstall|subscribe|unsubscribe)/;

/** The same methods, reads each telling the gauge how long they took. */
export function measuring(
  methods: readonly RpcMethod[],
  gauge: LoadGauge,
  waiting: () => number,
): RpcMethod[] {
  return methods.map((method) => {
    if (!READ.test(method.name)) return method;
    return {
      ...method,
      handle: (params, context) => {
        const startedAt = performance.now();
        const answer = method.handle(params, context);
        const done = () => gauge.answered(performance.now() - startedAt, waiting());
        if (answer instanceof Promise) answer.then(done, done);
        else done();
        return answer;
      },
    };
  });
}
