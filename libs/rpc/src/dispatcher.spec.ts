import { silentLogger } from '@flotilla/common';
import { RpcDispatcher } from './dispatcher.js';
import { methodTable } from './method.js';
import { method } from './params/parser.js';
import { quantity } from './params/values.js';

const order: string[] = [];
const pause = () => new Promise((resolve) => setImmediate(resolve));

const methods = methodTable([
  method('test_echo', [quantity], ([value]) => `0x${value.toString(16)}`),
  method('test_bigint', [], () => ({ value: 255n })),
  method('test_nothing', [], () => undefined),
  method('test_bug', [], () => {
    throw new TypeError('secret detail');
  }),
  method('test_long', [], () => 'x'.repeat(600)),
  method('test_read', [], () => order.push('read')),
  method(
    'test_send',
    [quantity],
    async ([value]) => {
      order.push(`start ${value}`);
      await pause();
      order.push(`end ${value}`);
    },
    { concurrent: true },
  ),
]);

function dispatcher(options: Partial<RpcDispatcher['options']> = {}) {
  return new RpcDispatcher(
    {
      maxBatch: 5,
      maxHeldChars: 5000,
      maxResponseChars: 1000,
      maxPending: 10,
      maxBatchMs: 20_000,
      ...options,
    },
    { methods, logger: silentLogger },
  );
}

async function ask(body: unknown) {
  const text = await dispatcher().dispatch(
    typeof body === 'string' ? body : JSON.stringify(body),
    {},
  );
  return text === undefined ? undefined : JSON.parse(text);
}

const call = (name: string, params?: unknown, id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method: name,
  params,
});

describe('RpcDispatcher', () => {
  it.each([
    ['not JSON', '{', -32700, 'PARSE_ERROR'],
    ['an empty batch', [], -32600, 'INVALID_REQUEST'],
    ['a bare value', '42', -32600, 'INVALID_REQUEST'],
    ['null', 'null', -32600, 'INVALID_REQUEST'],
    ['no version', { id: 1, method: 'test_echo' }, -32600, 'INVALID_REQUEST'],
    ['a method of the wrong type', { jsonrpc: '2.0', id: 1, method: 1 }, -32600, 'INVALID_REQUEST'],
    ['an object as id', call('test_nothing', [], {}), -32600, 'INVALID_REQUEST'],
    ['an unknown method', call('test_missing'), -32601, 'METHOD_NOT_FOUND'],
    ['a name from a prototype', call('constructor'), -32601, 'METHOD_NOT_FOUND'],
    ['__proto__ as a name', call('__proto__'), -32601, 'METHOD_NOT_FOUND'],
    ['named parameters', call('test_echo', { value: '0x1' }), -32602, 'INVALID_PARAMS'],
    ['a missing argument', call('test_echo', []), -32602, 'INVALID_PARAMS'],
    ['too many arguments', call('test_echo', ['0x1', 1]), -32602, 'INVALID_PARAMS'],
    ['a bad argument', call('test_echo', ['1']), -32602, 'INVALID_PARAMS'],
    ['a bug of ours', call('test_bug'), -32603, 'INTERNAL_ERROR'],
  ])('refuses %s', async (_, body, code, ours) => {
    const { error } = await ask(body);
    expect(error).toMatchObject({ code, data: { code: ours } });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('words refusals as geth does', async () => {
    const message = async (body: unknown) => (await ask(body)).error.message;
    expect(await message(call('x_y'))).toBe('the method x_y does not exist/is not available');
    expect(await message(call('test_echo', []))).toBe('missing value for required argument 0');
    expect(await message(call('test_echo', ['0x1', '0x2']))).toBe(
      'too many arguments, want at most 1',
    );
    expect(await message(call('test_echo', ['1']))).toBe(
      'invalid argument 0: hex string without 0x prefix',
    );
    expect(await message(call('test_echo', {}))).toBe('non-array args');
  });

  it.each(['1', '"a"', 'null', '-3', '1.5', '12345678901234567890', '1e400', '"\\""'])(
    'returns the id %s as it came',
    async (id) => {
      const text = await dispatcher().dispatch(
        `{"x":{"id":7,"s":"}\\""}, "jsonrpc":"2.0","method":"test_nothing","id" : ${id} }`,
        {},
      );
      expect(text).toContain(`"id":${id},`);
      expect(text).toContain('"result":null');
    },
  );

  it('finds raw ids inside a batch', async () => {
    const entry = (id: string) => `{"id":${id},"jsonrpc":"2.0","method":"test_nothing"}`;
    const text = await dispatcher().dispatch(
      `[ ${entry('1')} , 5, ${entry('98765432109876543210')},${entry('1.50')}]`,
      {},
    );
    expect(text?.match(/"id":[^,]+/g)).toEqual([
      '"id":1',
      '"id":null',
      '"id":98765432109876543210',
      '"id":1.50',
    ]);
  });

  it('runs notifications and stays silent', async () => {
    const notification = { jsonrpc: '2.0', method: 'test_read' };
    order.length = 0;
    expect(await ask(notification)).toBeUndefined();
    expect(await ask([notification, { ...notification, method: 'no_such' }])).toBeUndefined();
    expect(order).toEqual(['read', 'read']);
    expect(await ask([notification, call('test_nothing')])).toHaveLength(1);
  });

  it('turns a stray bigint into a quantity', async () => {
    expect((await ask(call('test_bigint'))).result).toEqual({ value: '0xff' });
  });

  it('refuses a batch that is too large, under the id of its first call', async () => {
    const batch = Array.from({ length: 6 }, (_, i) => call('test_nothing', [], i + 7));
    expect(await ask(batch)).toEqual([
      {
        jsonrpc: '2.0',
        id: 7,
        error: {
          code: -32600,
          message: 'batch too large',
          data: { code: 'BATCH_TOO_LARGE', limit: 'batch' },
        },
      },
    ]);
  });

  it('stops a batch whose answers grow too large', async () => {
    const batch = [1, 2, 3].map((id) => call('test_long', [], id));
    const answers = await ask(batch);
    expect(answers.map((a: { error?: { code: number } }) => a.error?.code)).toEqual([
      undefined,
      undefined,
      -32003,
    ]);
  });

  it('lets sends of a batch run together, and reads see them done', async () => {
    order.length = 0;
    const answers = await ask([
      call('test_send', ['0x1'], 1),
      call('test_send', ['0x2'], 2),
      call('test_read', [], 3),
      call('test_send', ['0x3'], 4),
    ]);
    expect(answers.map((a: { id: number }) => a.id)).toEqual([1, 2, 3, 4]);
    expect(order).toEqual(['start 1', 'start 2', 'end 1', 'end 2', 'read', 'start 3', 'end 3']);
  });

  it('refuses with SERVER_BUSY when too many requests wait', async () => {
    const busy = dispatcher({ maxPending: 1 });
    const first = busy.dispatch(JSON.stringify(call('test_send', ['0x1'])), {});
    const second = await busy.dispatch(JSON.stringify(call('test_nothing')), {});
    expect(JSON.parse(second ?? '').error).toMatchObject({
      code: -32005,
      data: { code: 'SERVER_BUSY' },
    });
    expect(JSON.parse((await first) ?? '')).toHaveProperty('result');
  });

  it('refuses what a batch has not begun with in time', async () => {
    const batch = [call('test_echo', ['0x1'], 1), call('test_echo', ['0x2'], 2)];
    const text = await dispatcher({ maxBatchMs: 0 }).dispatch(JSON.stringify(batch), {});
    const late = { error: { code: -32005, data: { code: 'LIMIT_EXCEEDED' } } };
    expect(JSON.parse(text!)).toMatchObject([
      { id: 1, ...late },
      { id: 2, ...late },
    ]);
  });

  it('refuses answers for which slow readers leave no room, until one is written', async () => {
    const tight = dispatcher({ maxHeldChars: 900 });
    const answers: (string | undefined)[] = [];
    let written = () => {};
    const body = JSON.stringify(call('test_long', []));
    const exchange = (write: () => Promise<void>) =>
      tight.exchange(body, {}, (answer) => {
        answers.push(answer);
        return write();
      });
    const slow = exchange(() => new Promise((done) => (written = done)));
    await pause();
    await exchange(async () => {});
    written();
    await slow;
    await exchange(async () => {});
    expect(answers.map((answer) => JSON.parse(answer!).error?.data.code)).toEqual([
      undefined,
      'SERVER_BUSY',
      undefined,
    ]);
  });

  it('stops a batch whose reader has gone', async () => {
    const body = JSON.stringify([call('test_nothing', [], 1), call('test_nothing', [], 2)]);
    expect(await dispatcher().dispatch(body, { isGone: () => true })).toBeUndefined();
  });
});
