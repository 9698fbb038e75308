import { getCreateAddress, Interface } from 'ethers';
import { type Anvil, startAnvil } from '../../libs/contracts/src/testing/anvil.js';
import { devWallet } from '../accounts.js';
import { compile } from '../artifacts.js';
import { LocalNode } from './local-node.js';

const CHAIN_ID = 31_337;
const GAS_LIMIT = 3_000_000n;

const { Traced } = compile('conformance/solidity/Traced.sol');
const functions = new Interface(Traced.abi);
const wallet = devWallet(0);
const contract = getCreateAddress({ from: wallet.address, nonce: 0 }).toLowerCase();
const callOf = (name: string, args: unknown[] = [], value = 0n) => ({
  to: contract,
  data: functions.encodeFunctionData(name, args),
  value,
});
/** Sent to both nodes, in this order, one block each. */
const TRANSACTIONS: Record<string, { to?: string; data?: string; value?: bigint }> = {
  'a create': { data: Traced.bytecode },
  'nested calls with value and logs': callOf('calls', [], 10n),
  'calls that fail in every way': callOf('failures'),
  'creates and a self-destruct': callOf('creates', [`0x${'05'.repeat(32)}`]),
  'reads of other accounts, a precompile': callOf('reads', [devWallet(1).address]),
  'cleared slots, transient storage': callOf('clears'),
  'a revert of everything': callOf('reverts'),
  'a plain transfer': { to: devWallet(1).address, value: 1n },
};

const hashes = new Map<string, string>();
let node: LocalNode;
let anvil: Anvil;

async function ask(url: string, method: string, ...params: unknown[]): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { result?: any; error?: any };
  if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
  return result;
}

async function both(method: string, ...params: unknown[]): Promise<{ ours: any; anvils: any }> {
  const [ours, anvils] = await Promise.all([
    ask(node.rpcUrl, method, ...params),
    ask(anvil.rpcUrl, method, ...params),
  ]);
  return { ours, anvils };
}

const traceOf = (name: string, config: object) =>
  both('debug_traceTransaction', hashes.get(name), config);

beforeAll(async () => {
  node = await LocalNode.start(CHAIN_ID);
  const flags = ['--chain-id', String(CHAIN_ID), '--gas-limit', '30000000', '--steps-tracing'];
  // Ours is the first block after a genesis at 1 gwei that used no gas.
  anvil = await startAnvil(...flags, '--hardfork', 'prague', '--base-fee', '875000000');
  let nonce = 0;
  for (const [name, fields] of Object.entries(TRANSACTIONS)) {
    const raw = await wallet.signTransaction({
      type: 2,
      chainId: CHAIN_ID,
      nonce: nonce++,
      gasLimit: GAS_LIMIT,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 10n ** 9n,
      ...fields,
    });
    const { ours, anvils } = await both('eth_sendRawTransaction', raw);
    expect(ours).toBe(anvils);
    hashes.set(name, ours);
  }
}, 60_000);

afterAll(async () => {
  await anvil?.stop();
  await node?.stop();
});

describe.each(Object.keys(TRANSACTIONS))('%s', (name) => {
  it('makes the same calls and logs', async () => {
    const { ours, anvils } = await traceOf(name, {
      tracer: 'callTracer',
      tracerConfig: { withLog: true },
    });
    // geth shows the transaction's gas limit; anvil what is left of it after the intrinsic gas.
    expect(BigInt(ours.gas)).toBe(GAS_LIMIT);
    expect(ours).toEqual({ ...anvils, gas: ours.gas });
  });

  it('meets and changes the same state', async () => {
    for (const diffMode of [false, true]) {
      const { ours, anvils } = await traceOf(name, {
        tracer: 'prestateTracer',
        tracerConfig: { diffMode },
      });
      for (const [our, its] of diffMode
        ? [
            [ours.pre, anvils.pre],
            [ours.post, anvils.post],
          ]
        : [[ours, anvils]]) {
        expect(withoutCodeHashes(our)).toEqual(withoutEmptyAccounts(its));
      }
    }
  });

  it('runs the same instructions', async () => {
    const { ours, anvils } = await traceOf(name, { enableMemory: true, enableReturnData: true });
    expect(ours.structLogs).toHaveLength(anvils.structLogs.length);
    for (const [i, step] of ours.structLogs.entries()) {
      expect(step).toEqual(asGeth(anvils.structLogs[i], step));
    }
    expect({ ...ours, structLogs: [] }).toEqual({ ...anvils, structLogs: [] });
  });
});

it('follows imagined calls in the same way', async () => {
  const request = { from: wallet.address, ...callOf('failures'), value: '0x0', gas: '0x2dc6c0' };
  const stateOverrides = {
    [contract]: { stateDiff: { [`0x${'0'.repeat(63)}1`]: `0x${'0'.repeat(63)}9` } },
  };
  const { ours, anvils } = await both('debug_traceCall', request, 'latest', {
    tracer: 'callTracer',
    stateOverrides,
  });
  expect(ours).toEqual({ ...anvils, gas: ours.gas });
});

/** What geth leaves out of a step, and how it counts a create: without the gas that the child gets. */
function asGeth(step: any, ours: any): any {
  const { refund, returnData, ...rest } = step;
  return {
    ...rest,
    ...(refund === 0 ? {} : { refund }),
    ...(returnData === '0x' ? {} : { returnData }),
    ...(step.op.startsWith('CREATE') ? { gasCost: ours.gasCost } : {}),
  };
}

/** geth gives them since 1.16, anvil doesn't. */
function withoutCodeHashes(accounts: Record<string, any>): Record<string, any> {
  return Object.fromEntries(
    Object.entries(accounts).map(([address, { codeHash: _, ...account }]) => [address, account]),
  );
}

/** geth leaves out the accounts that didn't exist before, anvil shows them with a balance of 0. */
function withoutEmptyAccounts(accounts: Record<string, any>): Record<string, any> {
  const exists = ({ balance, nonce, code }: any) => balance !== '0x0' || nonce || code;
  return Object.fromEntries(Object.entries(accounts).filter(([, account]) => exists(account)));
}
