import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { OpenLoop } from './open-loop.js';
import { now } from './window.js';

const STALL_MS = 400;

async function serve(
  answer: (response: ServerResponse) => void,
): Promise<{ url: URL; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { url, close: () => server.close() };
}

const question = { title: 'chain', method: 'eth_chainId', params: [], perSecond: 50 };

it('counts a stall of the server against every question that was due in it', async () => {
  const held: ServerResponse[] = [];
  let isStalled = true;
  const server = await serve((response) => {
    if (isStalled) held.push(response);
    else response.end('{"result":"0x1"}');
  });
  const answers: unknown[] = [];
  const loop = new OpenLoop(server.url, question, { onAnswer: (result) => answers.push(result) });

  loop.start(0);
  await pause(STALL_MS);
  isStalled = false;
  for (const response of held) response.end('{"result":"0x1"}');
  await loop.stop();
  server.close();

  const { latency, errors } = loop.report();
  const due = STALL_MS / 20;
  expect(errors).toBe(0);
  expect(answers).toHaveLength(latency.count);
  // One question at a time would have been asked, and late, once.
  expect(latency.count).toBeGreaterThan(due / 2);
  expect(latency.p50).toBeGreaterThan(STALL_MS / 4);
  expect(latency.max).toBeGreaterThan(STALL_MS * 0.9);
});

it('reports what was due in a window', async () => {
  let answered = 0;
  const server = await serve((response) => {
    answered++;
    response.end(answered > 10 ? '{"error":{}}' : '{"result":"0x1"}');
  });
  const loop = new OpenLoop(server.url, question);
  const startedAt = now();
  loop.start(0);
  await pause(STALL_MS);
  await loop.stop();
  server.close();

  const whole = loop.report();
  const early = loop.report([startedAt, startedAt + 110]);
  const later = loop.report([startedAt + 110.001, Number.POSITIVE_INFINITY]);
  expect(early).toMatchObject({ latency: { count: 6 }, errors: 0 });
  expect(early.latency.count + later.latency.count).toBe(whole.latency.count);
  expect(later.errors).toBe(whole.latency.count - 10);
});
