import { type Blockchain, type ChainEvents, EventEmitter } from '@flotilla/chain';
import { silentLogger } from '@flotilla/common';
import type { Messaging } from '@flotilla/messaging';
import { SimulatedClock, TestChain } from '@flotilla/testing';
import { BlockAnnouncer } from './block-announcer.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A chain of empty blocks, and a stream that answers when it is told to. */
async function setup(blocks: number) {
  const { chain } = await TestChain.open();
  for (let i = 0; i < blocks; i++) await chain.sealBlock({ allowEmpty: true });
  const events = new EventEmitter<ChainEvents>((error) => {
    throw error;
  });
  const followed = Object.create(chain, {
    events: { value: events },
    identity: { value: chain.identity },
    head: { value: () => chain.head() },
    headerByNumber: { value: (number: number) => chain.headerByNumber(number) },
    blockRlp: { value: (number: number) => chain.blockRlp(number) },
  }) as Blockchain;
  const sent: number[] = [];
  let acknowledge = () => {};
  const messaging = {
    connected: true,
    publishDurable: (_type: unknown, _chain: string, { number }: { number: number }) =>
      new Promise((resolve) => {
        sent.push(number);
        acknowledge = () => resolve({ sequence: sent.length, duplicate: false });
      }),
  } as unknown as Messaging;
  const state = { load: () => undefined, save: () => {} } as never;
  const announcer = new BlockAnnouncer(
    { chain: 'shop' },
    { chain: followed, messaging, state, clock: new SimulatedClock(), logger: silentLogger },
  );
  announcer.start();
  const answer = async () => {
    await turn();
    acknowledge();
    await turn();
  };
  return { chain, events, sent, answer };
}

describe('BlockAnnouncer', () => {
  it('sends every block anew that was taken back, also while another one is on its way', async () => {
    const { chain, events, sent, answer } = await setup(3);
    for (let i = 0; i < 3; i++) await answer();
    expect(sent).toEqual([0, 1, 2, 3]);
    events.emit('rewritten', chain.headerByNumber(0)!);
    for (let i = 0; i < 3; i++) await answer();
    expect(sent).toEqual([0, 1, 2, 3, 1, 2, 3]);
  });
});
