import { TransactionBatch, TransactionReceiver } from '@flotilla/chain';
import { silentLogger } from '@flotilla/common';
import { signTransaction, testAccount } from '@flotilla/testing';
import { type PackedRaws, unpackRaws } from './packed-raws.js';
import { receiveAll } from './receive.js';
import { SenderRecovery } from './sender-recovery.js';

const CHAIN_ID = 1337n;
const bob = testAccount(1);

async function setup(count: number) {
  const raws = await Promise.all(
    Array.from({ length: count }, (_, nonce) =>
      signTransaction(testAccount(0), { nonce, chainId: Number(CHAIN_ID), to: bob.address }),
    ),
  );
  const jobs: { count: number; transferred: number }[] = [];
  const recovery = new SenderRecovery(
    { chainId: CHAIN_ID },
    {
      pool: {
        run: async (job, { transfer = [] } = {}) => {
          const raws = unpackRaws(job as PackedRaws);
          jobs.push({ count: raws.length, transferred: transfer.length });
          return receiveAll(raws, new TransactionReceiver(CHAIN_ID), silentLogger);
        },
      },
      logger: silentLogger,
    },
  );
  return { jobs, raws, recovery };
}

describe('SenderRecovery', () => {
  it('recovers a few here, and says which are no transactions', async () => {
    const { jobs, raws, recovery } = await setup(3);
    const { batch, refused } = await recovery.receive([raws[0], Uint8Array.of(2, 1), raws[2]]);
    expect(jobs).toEqual([]);
    const senders = [...new TransactionBatch(batch!)].map(({ from, nonce }) => [from, nonce]);
    const { address } = testAccount(0);
    expect(senders).toEqual([
      [address, 0n],
      [address, 2n],
    ]);
    expect(refused).toEqual([{ index: 1, error: expect.objectContaining({ code: -32000 }) }]);
  });

  it('hands many to a thread in two pieces of memory, and gets the same', async () => {
    const { jobs, raws, recovery } = await setup(5);
    const { batch, refused } = await recovery.receive(raws);
    expect(jobs).toEqual([{ count: 5, transferred: 2 }]);
    expect(refused).toEqual([]);
    expect([...new TransactionBatch(batch!)].map(({ nonce }) => nonce)).toEqual([
      0n,
      1n,
      2n,
      3n,
      4n,
    ]);
  });
});
