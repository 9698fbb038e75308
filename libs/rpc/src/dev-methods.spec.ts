import { type ChainConfig, Sealer } from '@flotilla/chain';
import { hexToBytes, keccak256Hex, silentLogger } from '@flotilla/common';
import { SimulatedClock, TestChain, testAccount } from '@flotilla/testing';
import {
  hashTypedData,
  recoverAddress,
  recoverMessageAddress,
  type TypedDataDefinition,
} from 'viem';
import { devMethods } from './dev-methods.js';
import { RpcDispatcher } from './dispatcher.js';
import { methodTable } from './method.js';
import { RPC_DEFAULTS } from './rpc-server.js';
import { ethereumMethods } from './testing/ethereum-methods.js';

const alice = testAccount(0);
const bob = testAccount(1);
/** What ethers' `Wallet.signTypedData` makes of the typed data below with the key of `bob`. */
const TYPED_DATA_SIGNATURE =
  '0xb7a324c44eb3d8805d2fb1c06cf6dee50f2bbada76674da24fbe48c11836bb17724416c0f1a62d8102e8fd249a0d246c106546a657c0eb43d15891ead5c9d76a1c';
const stranger = `0x${'5a'.repeat(20)}` as const;

async function setup(config: Partial<ChainConfig> = {}) {
  const clock = new SimulatedClock();
  const sealing = { mode: 'instant', intervalMs: 1000 } as const;
  const { chain } = await TestChain.open({ profile: 'dev', sealing, ...config }, { clock });
  const sealer = new Sealer(sealing, { chain, clock, logger: silentLogger });
  const options = {
    clientVersion: 'HardhatNetwork/test',
    instanceId: keccak256Hex(new Uint8Array(0)),
    accounts: [alice, bob],
  };
  const methods = methodTable(
    ethereumMethods(options, { chain, clock }),
    devMethods(options, { chain, sealing: sealer, clock, admit: () => {} }),
  );
  const dispatcher = new RpcDispatcher(RPC_DEFAULTS, { methods, logger: silentLogger });
  sealer.start();
  /** Lets time stand still but for what is due now. */
  const ask = async (method: string, ...params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const answering = dispatcher.dispatch(body, {});
    for (let turn = 0; turn < 5; turn++) await clock.advance(0);
    const { result, error } = JSON.parse((await answering) ?? '');
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return result;
  };
  return { chain, clock, ask };
}

const code = (expected: string) => expect.objectContaining({ data: { code: expected } });

it('is nothing on a production chain', async () => {
  const { ask } = await setup({ profile: 'production' });
  for (const name of ['evm_snapshot', 'hardhat_setBalance', 'anvil_reset', 'eth_sendTransaction']) {
    await expect(ask(name)).rejects.toMatchObject({ code: -32601 });
  }
});

describe('accounts', () => {
  it('are named, sign transactions of every type and send them', async () => {
    const { ask } = await setup();
    expect(await ask('eth_accounts')).toEqual([alice.address, bob.address]);
    const from = alice.address;
    const fees = [
      { gasPrice: '0x1' },
      { gasPrice: '0x1', accessList: [] },
      { maxFeePerGas: '0x2', maxPriorityFeePerGas: '0x1' },
      {},
    ];
    for (const fee of fees) {
      const hash = await ask('eth_sendTransaction', {
        from,
        to: bob.address,
        value: '0x5',
        ...fee,
      });
      const receipt = await ask('eth_getTransactionReceipt', hash);
      expect(receipt).toMatchObject({ status: '0x1', from, gasUsed: '0x5208' });
    }
    const { raw } = await ask('eth_signTransaction', { from, to: bob.address, nonce: '0x4' });
    const hash = await ask('eth_sendRawTransaction', raw);
    expect(await ask('eth_getTransactionByHash', hash)).toMatchObject({ from, nonce: '0x4' });
  });

  it('send no transaction whose blobs would be lost', async () => {
    const { ask } = await setup();
    const request = { from: alice.address, to: bob.address, maxFeePerBlobGas: '0x1' };
    for (const name of ['eth_sendTransaction', 'eth_signTransaction']) {
      await expect(ask(name, request)).rejects.toEqual(code('TRANSACTION_TYPE_NOT_SUPPORTED'));
    }
  });

  it('sign messages and typed data', async () => {
    const { ask } = await setup();
    const message = '0x68656c6c6f';
    for (const signature of [
      await ask('eth_sign', alice.address, message),
      await ask('personal_sign', message, alice.address),
    ]) {
      const signer = await recoverMessageAddress({ message: { raw: message }, signature });
      expect(signer.toLowerCase()).toBe(alice.address);
    }
    const typed: TypedDataDefinition = {
      domain: { name: 'Mail', version: '1', chainId: 1337, verifyingContract: stranger },
      types: {
        EIP712Domain: [
          { name: 'name', type: 'string' },
          { name: 'version', type: 'string' },
          { name: 'chainId', type: 'uint256' },
          { name: 'verifyingContract', type: 'address' },
        ],
        Person: [
          { name: 'name', type: 'string' },
          { name: 'wallets', type: 'address[]' },
        ],
        Mail: [
          { name: 'from', type: 'Person' },
          { name: 'amount', type: 'uint256' },
        ],
      },
      primaryType: 'Mail',
      message: { from: { name: 'Größe', wallets: [stranger] }, amount: '5' },
    };
    for (const form of [typed, JSON.stringify(typed)]) {
      const signature = await ask('eth_signTypedData_v4', bob.address, form);
      const signer = await recoverAddress({ hash: hashTypedData(typed), signature });
      expect(signer.toLowerCase()).toBe(bob.address);
      expect(signature).toBe(TYPED_DATA_SIGNATURE);
    }
    await expect(ask('eth_signTypedData_v4', bob.address, { types: 1 })).rejects.toEqual(
      code('INVALID_PARAMS'),
    );
  });

  it('of nobody neither sign nor send, unless they are impersonated', async () => {
    const { ask, chain } = await setup();
    const request = { from: stranger, to: bob.address, value: '0x0' };
    await expect(ask('eth_sign', stranger, '0x')).rejects.toEqual(code('UNKNOWN_ACCOUNT'));
    await expect(ask('eth_sendTransaction', request)).rejects.toEqual(code('UNKNOWN_ACCOUNT'));
    await ask('hardhat_impersonateAccount', stranger);
    const hash = await ask('eth_sendTransaction', request);
    expect(await ask('eth_getTransactionReceipt', hash)).toMatchObject({ from: stranger });
    expect(chain.dev?.tampering).toBeDefined();
    expect(await ask('anvil_stopImpersonatingAccount', stranger)).toBe(true);
    await expect(ask('eth_sendTransaction', request)).rejects.toEqual(code('UNKNOWN_ACCOUNT'));
    await ask('anvil_autoImpersonateAccount', true);
    await ask('eth_sendTransaction', request);
  });
});

it('changes accounts', async () => {
  const { ask } = await setup();
  await ask('hardhat_setBalance', stranger, '0x0100');
  await ask('anvil_setNonce', stranger, 7);
  await ask('hardhat_setCode', stranger, '0x6001');
  await ask('hardhat_setStorageAt', stranger, '0x0', `0x${'00'.repeat(31)}2a`);
  expect(await ask('eth_getBalance', stranger)).toBe('0x100');
  expect(await ask('eth_getTransactionCount', stranger)).toBe('0x7');
  expect(await ask('eth_getCode', stranger)).toBe('0x6001');
  expect(BigInt(await ask('eth_getStorageAt', stranger, '0x0'))).toBe(42n);
});

it('goes back to snapshots, drops and resets', async () => {
  const { ask } = await setup();
  const id = await ask('evm_snapshot');
  expect(id).toBe('0x1');
  await ask('eth_sendTransaction', { from: alice.address, to: bob.address });
  expect(await ask('eth_blockNumber')).toBe('0x1');
  expect(await ask('evm_revert', id)).toBe(true);
  expect(await ask('evm_revert', id)).toBe(false);
  expect(await ask('eth_blockNumber')).toBe('0x0');
  await ask('evm_setAutomine', false);
  expect(await ask('hardhat_getAutomine')).toBe(false);
  const hash = await ask('eth_sendTransaction', { from: alice.address, to: bob.address });
  expect(await ask('hardhat_dropTransaction', hash)).toBe(true);
  expect(await ask('eth_getTransactionByHash', hash)).toBeNull();
  expect(await ask('hardhat_dropTransaction', hash)).toBe(false);
  expect(await ask('anvil_dropTransaction', hash)).toBeNull();
  const other = await ask('eth_sendTransaction', { from: alice.address, to: bob.address });
  expect(await ask('anvil_dropTransaction', other)).toBe(other);
  const mined = await ask('eth_sendTransaction', { from: alice.address, to: bob.address });
  await ask('evm_mine');
  await expect(ask('hardhat_dropTransaction', mined)).rejects.toMatchObject({ code: -32602 });
  await ask('hardhat_reset');
  await expect(ask('hardhat_reset', { forking: { jsonRpcUrl: 'x' } })).rejects.toMatchObject({
    code: -32602,
  });
});

it('moves time, with the answers of Hardhat', async () => {
  const { ask, clock } = await setup();
  const now = Math.floor(clock.now() / 1000);
  const latest = async () => Number((await ask('eth_getBlockByNumber', 'latest', false)).timestamp);
  expect(await ask('evm_increaseTime', 60)).toBe('60');
  expect(await ask('evm_increaseTime', '0x3c')).toBe('120');
  expect(await ask('evm_mine')).toBe('0x0');
  expect(await latest()).toBe(now + 120);
  expect(await ask('evm_setNextBlockTimestamp', now + 500)).toBe(String(now + 500));
  await ask('eth_sendTransaction', { from: alice.address, to: bob.address });
  expect(await latest()).toBe(now + 500);
  await ask('evm_mine', now + 600);
  expect(await latest()).toBe(now + 600);
  await expect(ask('evm_mine', now)).rejects.toEqual(code('INVALID_TIMESTAMP'));
  expect(await ask('evm_setTime', 1000 * (now + 1000))).toBe(1000);
  await ask('anvil_setBlockTimestampInterval', 5);
  await ask('hardhat_mine', '0x2');
  expect(await latest()).toBe(now + 610);
});

it('mines by hand and by the clock', async () => {
  const { ask, clock } = await setup();
  await ask('evm_setAutomine', false);
  const hash = await ask('eth_sendTransaction', { from: alice.address, to: bob.address });
  expect(await ask('eth_getTransactionReceipt', hash)).toBeNull();
  await ask('hardhat_mine', '0x64', '0x3c');
  expect(await ask('eth_blockNumber')).toBe('0x64');
  expect((await ask('eth_getTransactionReceipt', hash)).blockNumber).toBe('0x1');
  await ask('evm_setIntervalMining', 500);
  await clock.advance(1000);
  expect(await ask('eth_blockNumber')).toBe('0x66');
  await ask('anvil_setIntervalMining', 0);
  expect(await ask('anvil_getAutomine')).toBe(true);
});

it('sets the gas limit of the blocks to come', async () => {
  const { ask, chain } = await setup();
  expect(await ask('evm_setBlockGasLimit', '0x3938700')).toBe(true);
  expect(await ask('eth_blockNumber')).toBe('0x0');
  await ask('hardhat_mine', '0x2');
  expect(await ask('eth_getBlockByNumber', 'latest', false)).toMatchObject({
    number: '0x2',
    gasLimit: '0x3938700',
  });
  expect(chain.dev?.tampering).toMatchObject({ by: 'evm_setBlockGasLimit' });
  await expect(ask('evm_setBlockGasLimit', 0)).rejects.toEqual(code('INVALID_CONFIG'));
});

it('tells about itself, and refuses clearly what it is not', async () => {
  const { ask, chain } = await setup();
  expect(await ask('web3_clientVersion')).toBe('HardhatNetwork/test');
  expect(await ask('hardhat_metadata')).toMatchObject({ chainId: 1337, latestBlockNumber: 0 });
  expect(await ask('anvil_nodeInfo')).toMatchObject({ currentBlockHash: chain.head().hash });
  await expect(ask('anvil_setChainId', 5)).rejects.toMatchObject({ code: -32602 });
  expect(hexToBytes((await ask('hardhat_metadata')).instanceId)).toHaveLength(32);
});
