import { answerPassive } from './passive-answers.js';

const route = {
  name: 'shop',
  chainId: 31_337,
  latestBlock: { number: '0x2a', hash: '0xab' },
  gasPrice: '0x7',
};
const ask = (body: unknown, from: Parameters<typeof answerPassive>[1] = route) => {
  const answer = answerPassive(typeof body === 'string' ? body : JSON.stringify(body), from);
  return answer === undefined ? undefined : JSON.parse(answer);
};
const request = (method: string, params: unknown[] = [], id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

it.each([
  ['eth_chainId', [], '0x7a69'],
  ['net_version', [], '31337'],
  ['net_listening', [], true],
  ['eth_syncing', [], false],
  ['eth_blockNumber', [], '0x2a'],
  ['eth_gasPrice', [], '0x7'],
  ['eth_getBlockByNumber', ['latest', false], route.latestBlock],
])('answers %s', (method, params, result) => {
  expect(ask(request(method, params))).toEqual({ jsonrpc: '2.0', id: 1, result });
});

it.each([
  ['eth_getBlockByNumber', ['latest', true]],
  ['eth_getBlockByNumber', ['0x1', false]],
  ['eth_getBlockByNumber', ['pending', false]],
  ['eth_getBlockByNumber', ['finalized', false]],
  ['eth_sendRawTransaction', ['0x00']],
  ['eth_subscribe', ['newHeads']],
  ['constructor', []],
])('leaves %s %j to the chain', (method, params) => {
  expect(ask(request(method, params))).toBeUndefined();
});

it('answers a batch only if it can answer all of it', () => {
  const batch = [request('eth_chainId', [], 'a'), request('eth_blockNumber', [], 2)];
  expect(ask(batch)).toEqual([
    { jsonrpc: '2.0', id: 'a', result: '0x7a69' },
    { jsonrpc: '2.0', id: 2, result: '0x2a' },
  ]);
  expect(ask([...batch, request('eth_accounts')])).toBeUndefined();
});

it('knows no block that it was not told', () => {
  expect(ask(request('eth_blockNumber'), { name: 'shop', chainId: 1 })).toBeUndefined();
  expect(ask(request('eth_gasPrice'), { name: 'shop', chainId: 1 })).toBeUndefined();
});

it('does not wake for what is no request, nor bend an id', () => {
  expect(ask('{"jsonrpc"')).toMatchObject({
    id: null,
    error: { code: -32700, data: { code: 'PARSE_ERROR' } },
  });
  expect(ask('7')).toMatchObject({
    id: null,
    error: { code: -32600, data: { code: 'INVALID_REQUEST' } },
  });
  expect(ask([])).toMatchObject({ id: null, error: { code: -32600 } });
  expect(ask('{"jsonrpc":"2.0","id":9007199254740993,"method":"eth_chainId"}')).toBeUndefined();
});
