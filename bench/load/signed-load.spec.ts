import { bytesToHex } from '@flotilla/common';
import { Transaction } from 'ethers';
import { transfersToExisting } from '../workloads/transfers.js';
import { createCast } from './accounts.js';
import { signCall } from './sign.js';
import { signLoad } from './signed-load.js';

const cast = createCast(3);
const chainId = 7;

describe('signing', () => {
  it('makes what an independent decoder reads', () => {
    const [{ privateKey, address }] = cast.senders;
    const call = {
      to: cast.deployer.address,
      value: 300n,
      data: '0x00ff',
      gasLimit: 70_000,
    } as const;
    for (let nonce = 0; nonce < 300; nonce += 7) {
      const tx = Transaction.from(bytesToHex(signCall(call, { chainId, nonce, privateKey })));
      expect({ ...tx.toJSON(), from: tx.from?.toLowerCase() }).toMatchObject({
        type: 2,
        chainId: '7',
        nonce,
        value: '300',
        data: '0x00ff',
        gasLimit: '70000',
        from: address,
      });
    }
  });
});

describe('a load', () => {
  const workload = transfersToExisting.prepare(cast);
  const sign = (transactions: number, skip: number) =>
    signLoad(workload, cast, { chainId, transactions, connections: 2, skip });

  it('goes on where the one before it ended', async () => {
    const whole = await sign(20, 0);
    const parts = [await sign(6, 0), await sign(14, 6)];
    expect(whole.map((_, lane) => parts.flatMap((part) => part[lane]))).toEqual(whole);
  });

  it("keeps each sender's nonces in order, without a gap", async () => {
    for (const lane of await sign(20, 0)) {
      const next = new Map<string, number>();
      for (const { from, nonce } of lane.map((raw) => Transaction.from(raw))) {
        expect(nonce).toBe(next.get(from!) ?? 0);
        next.set(from!, nonce + 1);
      }
    }
  });
});
