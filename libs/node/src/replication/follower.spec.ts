import { decodeBlock, encodeBlock, type TransactionJournal } from '@flotilla/chain';
import { silentLogger, systemClock } from '@flotilla/common';
import { MemoryJournal, TestChain, testAccount } from '@flotilla/testing';
import { Follower, type Refusal } from './follower.js';
import type { FollowReply, FollowRequest } from './messages.js';
import { Producer } from './producer.js';
import type { ProducerLink } from './producer-link.js';
import type { Pairing } from './standby.js';

const TRANSFER = { to: testAccount(1).address, value: 1n };

/** A follower whose producer's answers can be bent on their way. */
async function setup(bend: (reply: FollowReply) => FollowReply = (reply) => reply, epoch = 1) {
  const genesisTimestamp = 1_700_000_000;
  const config = { genesisTimestamp };
  const modules = { clock: systemClock };
  const { chain } = await TestChain.open(config, modules);
  const source = await TestChain.open(config, modules);
  await source.chain.setEpoch(1);
  const producer = new Producer('run-1', {
    chain: source.chain,
    standby: undefined,
    anchoring: () => undefined,
    clock: systemClock,
  });
  const link = {
    async post({ body }: { body: string }) {
      try {
        const request: FollowRequest = { ...JSON.parse(body), waitMs: 10 };
        const text = JSON.stringify(bend(await producer.follow(request)));
        return { status: 200, headers: {}, text };
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return { status: 409, headers: {}, text: JSON.stringify({ code, message }) };
      }
    },
  } as unknown as ProducerLink;
  const refusals: Refusal[] = [];
  let pairing: Pairing | undefined;
  const follower = new Follower(
    { instance: 'test-1', standby: false },
    { instance: 'test-0', epoch, peerUrl: 'http://producer', rpcUrl: 'http://producer' },
    {
      ...{ chain, link, token: 'token', clock: systemClock, logger: silentLogger },
      proposals: new MemoryJournal() as TransactionJournal,
      pairing: {
        load: () => pairing,
        save: (value) => {
          pairing = value;
        },
      },
      onAnchoring() {},
      onRefused: (refusal) => refusals.push(refusal),
    },
  );
  follower.start();
  return { chain, source, follower, refusals };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !condition(); i++) await new Promise((done) => setTimeout(done, 5));
  expect(condition()).toBe(true);
}

it('comes to the same head by executing every block', async () => {
  const { chain, source, follower, refusals } = await setup();
  for (let nonce = 0; nonce < 3; nonce++) await source.mine(testAccount(0), { ...TRANSFER, nonce });
  await until(() => chain.head().hash === source.chain.head().hash);
  expect(chain.epoch).toBe(1);
  expect(follower.lag).toBe(0);
  expect(refusals).toEqual([]);
  await follower.stop();
});

it('refuses a block that it comes to differently, and follows no more', async () => {
  const { chain, source, follower, refusals } = await setup((reply) => ({
    ...reply,
    blocks: reply.blocks.map((text) => {
      const { header, transactions } = decodeBlock(Buffer.from(text, 'base64'));
      const bent = { ...header, stateRoot: `0x${'12'.repeat(32)}` as const };
      const raw = transactions.map((tx) => tx.raw);
      return Buffer.from(encodeBlock(bent, raw)).toString('base64');
    }),
  }));
  await source.mine(testAccount(0), { ...TRANSFER, nonce: 0 });
  await until(() => refusals.length === 1);
  expect(refusals[0]).toMatchObject({ code: 'INVALID_BLOCK', block: 1 });
  expect(follower.refusal).toEqual(refusals[0]);
  expect(chain.head().number).toBe(0);
  await follower.stop();
});

it('takes nothing from a producer of a lower epoch than the root has granted', async () => {
  const { chain, source, follower, refusals } = await setup((reply) => reply, 2);
  await source.mine(testAccount(0), { ...TRANSFER, nonce: 0 });
  await new Promise((done) => setTimeout(done, 300));
  expect(chain.head().number).toBe(0);
  expect(refusals).toEqual([]);
  // The same process, once it may.
  await source.chain.setEpoch(2);
  await source.mine(testAccount(0), { ...TRANSFER, nonce: 1 });
  await until(() => chain.head().number === 2);
  await follower.stop();
});

it('refuses a producer whose history is another one', async () => {
  const { chain, source, follower, refusals } = await setup();
  await chain.sealBlock({ allowEmpty: true });
  await source.mine(testAccount(0), { ...TRANSFER, nonce: 0 });
  await until(() => refusals.length === 1);
  expect(refusals[0].code).toMatch(/FORKED|UNKNOWN_PARENT/);
  await follower.stop();
});
