import { isBackPressure, refusalsOf, sendBatchBody } from './batch.js';

const response = (body: unknown, status = 200) => ({
  status,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

describe('batches', () => {
  it('numbers its requests by position', () => {
    const requests = JSON.parse(sendBatchBody(['0x01', '0x02']));
    expect(requests.map((r: { id: number; params: string[] }) => [r.id, r.params[0]])).toEqual([
      [0, '0x01'],
      [1, '0x02'],
    ]);
  });

  it('finds what was refused, whatever the order of the answers', () => {
    const refusals = refusalsOf(
      response([
        { id: 1, error: { code: -32000, message: 'txpool is full' } },
        { id: 0, result: '0x' },
      ]),
      2,
    );
    expect(refusals).toEqual([{ index: 1, code: -32000, message: 'txpool is full' }]);
    expect(isBackPressure(refusals[0])).toBe(true);
  });

  it.each([
    [response({ id: null, error: { code: -32002, message: 'paused' } }, 503), -32002],
    [response('Bad Gateway', 502), 502],
  ])('takes one error for the whole batch as one for each', (answer, code) => {
    expect(refusalsOf(answer, 3).map((refusal) => refusal.code)).toEqual([code, code, code]);
  });

  it('does not repeat what can never be accepted', () => {
    const refusal = { index: 0, code: -32000, message: 'nonce too low' };
    expect(isBackPressure(refusal)).toBe(false);
  });
});
