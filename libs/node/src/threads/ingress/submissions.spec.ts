import { TransactionBatch } from '@flotilla/chain';
import { bytesToHex, silentLogger } from '@flotilla/common';
import { AnsweredError, RpcError, RpcErrorCode } from '@flotilla/rpc';
import type { Received } from '../recovery/receive.js';
import type { RefusedItem } from './messages.js';
import { Submissions } from './submissions.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** "Transactions" of one byte: their hashes are that byte 32 times; 255 is none. */
function received(raws: readonly Uint8Array[]): Received {
  const isNone = ([byte]: Uint8Array) => byte === 255;
  const items = raws
    .filter((raw) => !isNone(raw))
    .map((raw) => ({ raw, hash: new Uint8Array(32).fill(raw[0]), sender: new Uint8Array(20) }));
  return {
    batch: items.length === 0 ? undefined : TransactionBatch.encode(items).bytes,
    refused: raws.flatMap((raw, index) =>
      isNone(raw) ? [{ index, error: { code: -32000, message: 'no transaction' } }] : [],
    ),
  };
}
const hashOf = (byte: number) => bytesToHex(new Uint8Array(32).fill(byte));

function setup(receive = async (raws: readonly Uint8Array[]) => received(raws)) {
  const batches: { bytes: number[]; answer: (refused: RefusedItem[]) => void }[] = [];
  const submissions = new Submissions({
    receive,
    submit: (batch: TransactionBatch) =>
      new Promise((answer) => {
        const bytes = Array.from({ length: batch.length }, (_, i) => batch.raw(i)[0]);
        batches.push({ bytes, answer });
      }),
    logger: silentLogger,
  });
  const submit = (byte: number) => submissions.submit(Uint8Array.of(byte));
  return { batches, submit };
}

describe('Submissions', () => {
  it('hands over in one batch what came in one turn, and answers each by itself', async () => {
    const { batches, submit } = setup();
    const [one, bad, two] = [submit(1), submit(255), submit(2)];
    bad.catch(() => {});
    await turn();
    expect(batches.map(({ bytes }) => bytes)).toEqual([[1, 2]]);
    await expect(bad).rejects.toThrow(AnsweredError);
    two.catch(() => {});
    batches[0].answer([{ index: 1, error: { code: -32000, message: 'nonce too low' } }]);
    expect(await one).toBe(hashOf(1));
    await expect(two).rejects.toMatchObject({ object: { message: 'nonce too low' } });
  });

  it('keeps the order of chunks that are recovered side by side', async () => {
    const waiting: (() => void)[] = [];
    const { batches, submit } = setup(
      (raws) => new Promise((done) => waiting.push(() => done(received(raws)))),
    );
    for (let i = 0; i < 129; i++) void submit(i);
    await turn();
    await turn();
    expect(waiting).toHaveLength(2);
    waiting[1]();
    await turn();
    expect(batches).toHaveLength(0);
    waiting[0]();
    await turn();
    expect(batches.map(({ bytes }) => bytes.length)).toEqual([128, 1]);
    expect(batches[1].bytes).toEqual([128]);
  });

  it('refuses a chunk that could not be recovered, and takes what comes after it', async () => {
    let isBroken = true;
    const { batches, submit } = setup(async (raws) => {
      if (isBroken) throw new RpcError(RpcErrorCode.Internal, 'internal error');
      return received(raws);
    });
    await expect(submit(1)).rejects.toMatchObject({ object: { message: 'internal error' } });
    isBroken = false;
    const later = submit(2);
    await turn();
    await turn();
    expect(batches.map(({ bytes }) => bytes)).toEqual([[2]]);
    batches[0].answer([]);
    expect(await later).toBe(hashOf(2));
  });
});
