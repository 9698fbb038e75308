import { setTimeout as pause } from 'node:timers/promises';
import { JsonRpc, JsonRpcError } from '../client/json-rpc.js';
import { common, contains, now, type Window } from './window.js';

export interface TraceWindows {
  /** While nobody traced, and while somebody always did. */
  readonly quiet: readonly Window[];
  readonly tracing: readonly Window[];
  /** Milliseconds that each trace took. */
  readonly traces: readonly number[];
  /** Why traces failed, if they did. */
  readonly errors: readonly string[];
}

/** Windows with and without `debug_traceBlockByNumber` of the biggest block take turns until `done`. */
export async function traceInWindows(
  url: URL,
  windowMs: number,
  done: Promise<unknown>,
): Promise<TraceWindows> {
  const report = {
    quiet: [] as Window[],
    tracing: [] as Window[],
    traces: [] as number[],
    errors: [] as string[],
  };
  const rpc = new JsonRpc(url);
  let running = true;
  const end = done.finally(() => {
    running = false;
  });
  while (running) {
    const quietFrom = now();
    await Promise.race([pause(windowMs), end]);
    if (!running) break;
    report.quiet.push([quietFrom, now()]);

    const block = await biggestBlock(rpc);
    const tracingFrom = now();
    while (running && now() - tracingFrom < windowMs) {
      const askedAt = performance.now();
      const error = await trace(rpc, block);
      if (error === undefined) report.traces.push(performance.now() - askedAt);
      else {
        report.errors.push(error);
        await Promise.race([pause(windowMs), end]);
      }
    }
    report.tracing.push([tracingFrom, now()]);
  }
  return report;
}

/** Milliseconds between the blocks that were announced within the same window, as far as these lie in the span. */
export function intervalsWithin(
  windows: readonly Window[],
  span: Window,
  blocks: readonly number[],
): number[] {
  return windows.flatMap((whole) => {
    const window = common(whole, span);
    const within = blocks.filter((block) => contains(window, block));
    return within.slice(1).map((block, i) => block - within[i]);
  });
}

async function trace(rpc: JsonRpc, block: string): Promise<string | undefined> {
  try {
    await rpc.call('debug_traceBlockByNumber', block, { tracer: 'callTracer' });
    return undefined;
  } catch (error) {
    if (error instanceof JsonRpcError) return error.message;
    throw error;
  }
}

async function biggestBlock(rpc: JsonRpc): Promise<string> {
  const head = Number(await rpc.call('eth_blockNumber'));
  const tags = Array.from({ length: Math.min(head, 60) }, (_, i) => `0x${(head - i).toString(16)}`);
  const counts = await rpc.batch<string>(
    'eth_getBlockTransactionCountByNumber',
    tags.map((tag) => [tag]),
  );
  const largest = Math.max(...counts.map(Number));
  return tags[counts.findIndex((count) => Number(count) === largest)];
}
