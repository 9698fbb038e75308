import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { OpenLoop } from './open-loop.js';

const STALL_MS = 400;

it('counts a stall of the server against every question that was due in it', async () => {
  const held: ServerResponse[] = [];
  let isStalled = true;
  const server = createServer((request, response) => {
    request.resume();
    if (isStalled) held.push(response);
    else response.end('{"result":"0x1"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const question = { title: 'chain', method: 'eth_chainId', params: [], perSecond: 50 };
  const answers: unknown[] = [];
  const loop = new OpenLoop(url, question, { onAnswer: (result) => answers.push(result) });

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
