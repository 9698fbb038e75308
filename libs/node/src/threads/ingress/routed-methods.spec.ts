import { type AskRemote, methodTable, RawJson, type RpcMethod } from '@flotilla/rpc';
import { routedMethods } from './routed-methods.js';

const answering =
  (who: string): AskRemote =>
  async (method) =>
    new RawJson(`"${who} ${method}"`);
const local = (name: string, result: unknown = 'here'): RpcMethod => ({
  name,
  handle: () => result,
});

function setup() {
  const table = methodTable(
    routedMethods({
      light: [
        local('eth_getTransactionCount'),
        local('eth_getTransactionByHash', null),
        local('eth_getTransactionReceipt', null),
        local('eth_accounts', []),
        { ...local('eth_getBlockByNumber'), blockGas: ([number]) => 1_000_000 * Number(number) },
      ],
      askBlockwise: answering('calls'),
      remote: [
        { names: ['eth_call'], ask: answering('calls') },
        {
          names: ['eth_fillTransaction'],
          ask: async (_name, params) => new RawJson(JSON.stringify(params)),
        },
      ],
      writer: ['txpool_status', 'eth_accounts'],
      askWriter: answering('writer'),
      submit: async () => '0x01',
    }),
  );
  const ask = async (name: string, ...params: unknown[]) => {
    const result = await table.get(name)!.handle(params, {});
    return result instanceof RawJson ? JSON.parse(result.text) : result;
  };
  return ask;
}

describe('routedMethods', () => {
  it('sends each method to where it is answered', async () => {
    const ask = setup();
    expect(await ask('eth_getTransactionCount', '0x', 'latest')).toBe('here');
    expect(await ask('eth_call', {}, 'latest')).toBe('calls eth_call');
    expect(await ask('txpool_status')).toBe('writer txpool_status');
    expect(await ask('eth_sendRawTransaction', '0x02')).toBe('0x01');
  });

  it('asks the writer for what only the pool knows', async () => {
    const ask = setup();
    expect(await ask('eth_getTransactionCount', '0x', 'pending')).toBe(
      'writer eth_getTransactionCount',
    );
    expect(await ask('eth_getTransactionByHash', '0x')).toBe('writer eth_getTransactionByHash');
    expect(await ask('eth_getTransactionReceipt', '0x')).toBeNull();
  });

  it('has a transaction filled in with the nonce that the pool knows', async () => {
    const ask = setup();
    expect(await ask('eth_fillTransaction', { from: '0x01', value: '0x2' })).toEqual([
      { from: '0x01', value: '0x2', nonce: 'writer eth_getTransactionCount' },
    ]);
    const complete = [{ from: '0x01', nonce: '0x7' }, { to: '0x01' }, null, 'text'];
    for (const request of complete) {
      expect(await ask('eth_fillTransaction', request)).toEqual([request]);
    }
  });

  it('answers nothing itself that goes through a large block', async () => {
    const ask = setup();
    expect(await ask('eth_getBlockByNumber', '0x5', false)).toBe('here');
    expect(await ask('eth_getBlockByNumber', '0x6', false)).toBe('calls eth_getBlockByNumber');
    expect(await ask('eth_getBlockByNumber', 'pending', false)).toBe('writer eth_getBlockByNumber');
  });

  it("prefers the writer's answer to one of a method of the same name", async () => {
    expect(await setup()('eth_accounts')).toBe('writer eth_accounts');
  });
});
