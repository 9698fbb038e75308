import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { Stack } from '../stack.js';

let stack: Stack;
let mallory: NatsConnection;
const statuses: string[] = [];

beforeAll(async () => {
  stack = await Stack.start();
  await stack.createChain('victim');
  await stack.createChain('mallory');
  const folder = join(stack.home, 'chains', 'mallory');
  const { nats } = JSON.parse(readFileSync(join(folder, 'node.json'), 'utf8'));
  mallory = await connect({
    servers: nats.url,
    authenticator: credsAuthenticator(readFileSync(join(folder, 'nats.creds'))),
  });
  void (async () => {
    for await (const status of mallory.status()) {
      if ('error' in status) statuses.push(String(status.error));
    }
  })();
}, 120_000);

afterAll(async () => {
  await mallory?.close();
  await stack?.stop();
}, 60_000);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function overheard(subject: string, ms: number): Promise<number> {
  let messages = 0;
  const subscription = mallory.subscribe(subject, {
    callback: (error) => {
      if (!error) messages++;
    },
  });
  await pause(ms);
  subscription.unsubscribe();
  return messages;
}

it.each([
  'flotilla.v1.hb.victim.>',
  'flotilla.v1.evt.victim.>',
  'flotilla.v1.cmd.victim.>',
  'flotilla.v1.hb.*.>',
  '>',
  '$SYS.>',
  '$JS.>',
])("can't overhear another chain on %s", async (subject) => {
  expect(await overheard(subject, 1_500)).toBe(0);
});

it("can't speak for another chain", async () => {
  const before = (await stack.api('GET', '/chains/victim')).body.status;
  const beat = { v: 1, id: 'x', at: Date.now(), chain: 'victim', data: {} };
  mallory.publish('flotilla.v1.hb.victim.node.beat', JSON.stringify(beat));
  mallory.publish('flotilla.v1.cmd.victim.node.drain', JSON.stringify(beat));
  await mallory.flush();
  await pause(500);
  expect(statuses.join('\n')).toMatch(/permissions violation/i);
  const after = (await stack.api('GET', '/chains/victim')).body.status;
  expect(after.phase).toBe('Running');
  expect(after.instances[0].pid).toBe(before.instances[0].pid);
});

it("can't read, write or purge streams", async () => {
  await expect(
    (async () => {
      const manager = await jetstreamManager(mallory, { timeout: 1_000 });
      await manager.streams.purge('BLOCKS');
    })(),
  ).rejects.toThrow();
  await expect(mallory.request('$JS.API.STREAM.NAMES', '', { timeout: 1_000 })).rejects.toThrow();
});
