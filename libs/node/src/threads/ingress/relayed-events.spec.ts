import type { ChainView, Header } from '@flotilla/chain';
import { RelayedEvents } from './relayed-events.js';

const HEAD = 7;

function setup() {
  const reads: string[] = [];
  const view = {
    head: () => ({ number: HEAD }) as Header,
    headerByNumber: (number: number) => ({ number }) as Header,
    blockByNumber: (number: number) => void reads.push(`block ${number}`),
    receiptsByNumber: (number: number) => void reads.push(`receipts ${number}`),
  } as Partial<ChainView> as ChainView;
  const watched: string[] = [];
  const events = new RelayedEvents({
    view,
    follow: () => {},
    watch: (event, isWatched) => watched.push(`${event} ${isWatched}`),
  });
  return { events, reads, watched };
}

describe('RelayedEvents', () => {
  it('tells of a block without reading what is in it', () => {
    const { events, reads, watched } = setup();
    const numbers: number[] = [];
    const stop = events.on('block', ({ block }) => numbers.push(block.header.number));
    expect(events.told).toBe(HEAD);
    events.block(8);
    for (const { block } of events.blocksAfter(HEAD - 2)) numbers.push(block.header.number);
    stop();
    expect(numbers).toEqual([8, 6, 7]);
    expect(reads).toEqual([]);
    expect(events.told).toBe(8);
    expect(watched).toEqual(['block true', 'block false']);
  });

  it('reads receipts for those who ask for them', () => {
    const { events, reads } = setup();
    events.on('block', ({ receipts }) => expect(receipts).toEqual([]));
    events.block(8);
    expect(reads).toEqual(['receipts 8']);
  });
});
