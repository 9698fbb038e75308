import { type Header, type LogEntry, logsBloom, type Receipt } from '@flotilla/chain';
import { type Address, bytesToHex, type Hash } from '@flotilla/common';
import { ChainFeeds, type FeedEventMap } from './chain-feeds.js';

type SealedBlock = FeedEventMap['block'];

const [token, other] = ['aa', 'bb'].map((byte): Address => `0x${byte.repeat(20)}`);
const topic: Hash = `0x${'01'.repeat(32)}`;
const log = (logIndex: number): LogEntry => ({
  address: token,
  topics: [topic],
  data: new Uint8Array(0),
  logIndex,
  transactionIndex: 0,
  transactionHash: topic,
  blockNumber: 1,
  blockHash: topic,
  blockTimestamp: 0,
});

/** A block with two logs of the token, which counts how often its receipts are read. */
function setup() {
  const logs = [log(0), log(1)];
  const reads = { count: 0 };
  const sealed: SealedBlock = {
    block: { header: { logsBloom: bytesToHex(logsBloom(logs)) } as Header },
    get receipts() {
      reads.count++;
      return [{ logs } as Partial<Receipt> as Receipt];
    },
  };
  const handlers: ((event: SealedBlock) => void)[] = [];
  const feeds = new ChainFeeds({
    on: (_, handler) => {
      handlers.push(handler as (event: SealedBlock) => void);
      return () => {};
    },
    blocksAfter: () => [sealed],
  });
  const seal = () => {
    for (const handler of handlers) handler(sealed);
  };
  const told: string[] = [];
  const push = (who: string) => (text: string) =>
    told.push(`${who} ${Number(JSON.parse(text).logIndex)}`);
  return { feeds, seal, reads, told, push };
}

describe('the logs of a block', () => {
  it('go to those who want them', () => {
    const { feeds, seal, told, push } = setup();
    feeds.logs({ addresses: [token], topics: [[topic]] })(push('token'));
    feeds.logs({ addresses: [other] })(push('other'));
    feeds.logs({})(push('all'));
    seal();
    expect(told).toEqual(['token 0', 'all 0', 'token 1', 'all 1']);
  });

  it('are not even read when its bloom says that nobody wants any', () => {
    const { feeds, seal, reads, told, push } = setup();
    const feed = feeds.logs({ addresses: [other] });
    feed(push('other'));
    seal();
    feed.since?.(0, push('other'));
    expect({ reads: reads.count, told }).toEqual({ reads: 0, told: [] });
  });

  it('are caught up with', () => {
    const { feeds, told, push } = setup();
    feeds.logs({ addresses: [token] }).since?.(0, push('token'));
    expect(told).toEqual(['token 0', 'token 1']);
  });
});
