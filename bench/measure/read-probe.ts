import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Connection, serializeRequest } from '../client/connection.js';
import { distributionOf } from '../report/statistics.js';
import type { ProbeOptions, ProbeReport } from './read-probing.js';

const PAUSE_MS = 5;

/** Asks one question again and again over a connection of its own, and notes how long each answer takes. */
async function probe(url: URL, method: string, params: readonly unknown[]): Promise<ProbeReport> {
  const request = serializeRequest(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  const connection = await Connection.open(url);
  const latencies: number[] = [];
  let errors = 0;
  while (!stopped) {
    const askedAt = performance.now();
    const { body } = await connection.send(request);
    latencies.push(performance.now() - askedAt);
    if (body.includes('"error"')) errors++;
    await pause(PAUSE_MS);
  }
  connection.close();
  return { latency: distributionOf(latencies), errors };
}

let stopped = false;
parentPort!.once('message', () => {
  stopped = true;
});
const { url, questions } = workerData as ProbeOptions;
const reports = await Promise.all(
  questions.map(async ({ method, params }) => [method, await probe(new URL(url), method, params)]),
);
parentPort!.postMessage(Object.fromEntries(reports));
