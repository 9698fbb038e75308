import type { TransactionBatch } from '@flotilla/chain';
import { bytesToHex, silentLogger } from '@flotilla/common';
import { AnsweredError, RpcError, RpcErrorCode } from '@flotilla/rpc';
import type { Received } from '../recovery/receive.js';
import type { RefusedItem } from './messages.js';
import { Submissions } from './submissions.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A "transaction" of one byte: its hash is that byte 32 times; 255 is none. */
const received = (raw: Uint8Array): Received =>
  raw[0] === 255
    ? { error: { code: -32000, message: 'no transaction' } }
    : { raw, hash: new Uint8Array(32).fill(raw[0]), sender: new Uint8Array(20) };
const hashOf = (byte: number) => bytesToHex(new Uint8Array(32).fill(byte));

function setup(receive?: (raws: readonly Uint8Array[]) => Promise<Received[]>) {
  const batches: { bytes: number[]; answer: (refused: RefusedItem[]) => void }[] = [];
  const submissions = new Submissions({
    receive: receive ?? ((raws) => raws.map(received)),
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
      (raws) => new Promise((done) => waiting.push(() => done(raws.map(received)))),
    );
    for (let i = 0; i < 65; i++) void submit(i);
    await turn();
    await turn();
    expect(waiting).toHaveLength(2);
    waiting[1]();
    await turn();
    expect(batches).toHaveLength(0);
    waiting[0]();
    await turn();
    expect(batches.map(({ bytes }) => bytes.length)).toEqual([64, 1]);
    expect(batches[1].bytes).toEqual([64]);
  });

  it('refuses a chunk that could not be recovered, and takes what comes after it', async () => {
    let isBroken = true;
    const { batches, submit } = setup(async (raws) => {
      if (isBroken) throw new RpcError(RpcErrorCode.Internal, 'internal error');
      return raws.map(received);
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
