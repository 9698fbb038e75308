import { devAlloc } from './dev-alloc.js';
import { parseNodeConfig } from './load-node-config.js';

const minimal = { role: 'micro', name: 'shop', chain: { chainId: 2_147_483_648, name: 'shop' } };

describe('parseNodeConfig', () => {
  it('fills in defaults', () => {
    expect(parseNodeConfig(minimal)).toMatchObject({
      rpc: { host: '127.0.0.1', port: 0 },
      anchoring: { everyBlocks: 1000, everySeconds: 60 },
      logLevel: 'info',
    });
  });

  it('takes bigints as decimal text and lower-cases addresses', () => {
    const { chain } = parseNodeConfig({
      ...minimal,
      chain: {
        ...minimal.chain,
        gasLimit: '30000000',
        fees: { mode: 'fixed', gasPrice: '0x10' },
        alloc: {
          '0xAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaa': { balance: '10000000000000000000000' },
        },
      },
    });
    expect(chain.gasLimit).toBe(30_000_000n);
    expect(chain.fees?.gasPrice).toBe(16n);
    expect(chain.alloc?.[`0x${'aa'.repeat(20)}`]?.balance).toBe(10n ** 22n);
  });

  it.each<[string, unknown]>([
    ['no object', 7],
    ['a missing chain', { role: 'micro', name: 'shop' }],
    ['an unknown field', { ...minimal, colour: 'red' }],
    ['an unknown chain field', { ...minimal, chain: { ...minimal.chain, colour: 'red' } }],
    ['a bad name', { ...minimal, name: 'Shop.x' }],
    ['a chain id beyond 2^52', { ...minimal, chain: { ...minimal.chain, chainId: 2 ** 52 } }],
    ['a port beyond 65535', { ...minimal, rpc: { port: 70_000 } }],
    [
      'an unknown finality',
      {
        ...minimal,
        root: {
          rpcUrl: 'http://127.0.0.1:1',
          chainId: 1,
          registry: `0x${'00'.repeat(20)}`,
          checkpointManager: `0x${'00'.repeat(20)}`,
          finality: 'soon',
        },
      },
    ],
  ])('refuses %s', (_, value) => {
    expect(() => parseNodeConfig(value)).toThrow(
      expect.objectContaining({ code: 'NODE_CONFIG_INVALID' }),
    );
  });
});

describe('devAlloc', () => {
  it('funds ten accounts with 10,000 ether', () => {
    const alloc = devAlloc();
    expect(Object.keys(alloc)).toHaveLength(10);
    expect(alloc['0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266']?.balance).toBe(10n ** 22n);
  });
});
