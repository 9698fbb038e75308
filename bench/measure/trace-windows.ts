import { setTimeout as pause } from 'node:timers/promises';
import { JsonRpc, JsonRpcError } from '../client/json-rpc.js';
import type { BlockClock } from './block-clock.js';

export interface TraceReport {
  /** Milliseconds between blocks while nobody traces, and while somebody always does. */
  readonly quietIntervals: readonly number[];
  readonly tracingIntervals: readonly number[];
  /** Milliseconds that each trace took. */
  readonly traces: readonly number[];
  /** Why traces failed, if they did. */
  readonly errors: readonly string[];
}

/** Windows with and without `debug_traceBlockByNumber` of the biggest block take turns until `done`. */
export async function traceInWindows(
  url: URL,
  clock: BlockClock,
  windowMs: number,
  done: Promise<unknown>,
): Promise<TraceReport> {
  const report = {
    quietIntervals: [] as number[],
    tracingIntervals: [] as number[],
    traces: [] as number[],
    errors: [] as string[],
  };
  const rpc = new JsonRpc(url);
  let running = true;
  const end = done.finally(() => {
    running = false;
  });
  while (running) {
    const quietFrom = performance.now();
    await Promise.race([pause(windowMs), end]);
    if (!running) break;
    report.quietIntervals.push(...clock.intervals(quietFrom, performance.now()));

    const block = await biggestBlock(rpc);
    const tracingFrom = performance.now();
    while (running && performance.now() - tracingFrom < windowMs) {
      const askedAt = performance.now();
      const error = await trace(rpc, block);
      if (error === undefined) report.traces.push(performance.now() - askedAt);
      else {
        report.errors.push(error);
        await Promise.race([pause(windowMs), end]);
      }
    }
    report.tracingIntervals.push(...clock.intervals(tracingFrom, performance.now()));
  }
  return report;
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
