import {
  AnchoringErrorCode,
  type CheckpointBlock,
  CheckpointBuilder,
  encodeHeader,
  verifyBundle,
} from '@flotilla/anchoring';
import { type Address, type Hash, type Hex, ZERO_HASH } from '@flotilla/common';
import { jest } from '@jest/globals';
import { deployRoot } from './deploy.js';
import { RootErrorCode } from './errors.js';
import { fetchBundle } from './fetch-bundle.js';
import { RootClient } from './root-client.js';
import { ANVIL_KEYS, type Anvil, startAnvil } from './testing/anvil.js';
import { members, signedBy } from './testing/fixture.js';

// Other suites may have the machine, too.
jest.setTimeout(30_000);

const CONTRACT: Address = `0x${'c0de'.repeat(10)}`;
const SLOT: Hex = `0x${'00'.repeat(31)}05`;
const CHAIN_ID = 2 ** 31 + 7;

let root: Anvil;
let chain: Anvil;
let client: RootClient;

/** Any EVM node can be a micro chain: this one is anvil. */
async function blocks(from: number, to: number): Promise<CheckpointBlock[]> {
  const found: CheckpointBlock[] = [];
  for (let number = from; number <= to; number++) {
    const block = (await chain.provider.getBlock(number))!;
    const { parentHash, timestamp } = block;
    const [hash, stateRoot] = [block.hash as Hash, block.stateRoot as Hash];
    found.push({ number, hash, parentHash: parentHash as Hash, stateRoot, timestamp });
  }
  return found;
}

async function anchorBlocks(): Promise<void> {
  const [member] = members(1);
  const { address: owner } = client;
  const registration = { owner: owner!, committee: [member.address], threshold: 1 };
  await client.register({ chainId: CHAIN_ID, configHash: ZERO_HASH, ...registration });
  const builder = new CheckpointBuilder({ chainId: CHAIN_ID, configHash: ZERO_HASH });
  for (const [from, to] of [
    [0, 2],
    [3, 4],
  ]) {
    const previous = await client.latestCheckpoint(CHAIN_ID);
    const checkpoint = builder.next(previous, await blocks(from, to), { epoch: 1 });
    const quorum = signedBy([member], [member], checkpoint, await client.domain());
    await client.submit(checkpoint, quorum);
  }
}

const request = (changes = {}) => ({
  rootProvider: root.provider,
  chainProvider: chain.provider,
  chainId: CHAIN_ID,
  index: 1,
  ...changes,
});

const trusted = async () => ({ hash: (await client.block('latest')).hash });

beforeAll(async () => {
  [root, chain] = await Promise.all([startAnvil(), startAnvil('--chain-id', String(CHAIN_ID))]);
  await deployRoot(root);
  const { rpcUrl } = root;
  client = await RootClient.connect({ rpcUrl, privateKey: ANVIL_KEYS[0], finality: 'depth:0' });
  await chain.provider.send('anvil_setCode', [CONTRACT, '0x6001']);
  await chain.provider.send('anvil_setStorageAt', [CONTRACT, SLOT, `0x${'00'.repeat(31)}2a`]);
  await chain.provider.send('anvil_mine', ['0x4']);
  await anchorBlocks();
}, 30_000);

afterAll(async () => {
  client.close();
  await Promise.all([root.stop(), chain.stop()]);
});

it('proves a checkpoint alone', async () => {
  const bundle = await fetchBundle(request({ index: 0 }));
  const facts = verifyBundle(bundle, await trusted());
  expect(facts.checkpoint).toMatchObject({
    chainId: CHAIN_ID,
    index: 0,
    firstBlock: 0,
    lastBlock: 2,
  });
  expect(facts.block.hash).toBe((await blocks(2, 2))[0].hash);
  expect(facts.account).toBeUndefined();
});

it('proves an account and its slots, set and unset', async () => {
  const unset: Hex = `0x${'ff'.repeat(32)}`;
  const bundle = await fetchBundle(request({ account: CONTRACT, slots: [unset, SLOT] }));
  const { account } = verifyBundle(new TextEncoder().encode(bundle), await trusted());
  expect(account).toMatchObject({
    address: CONTRACT,
    account: { balance: 0n },
    slots: [
      { slot: SLOT, value: 42n },
      { slot: unset, value: 0n },
    ],
  });
});

it('proves that an account does not exist, with empty slots', async () => {
  const account: Address = `0x${'0dd'.repeat(13)}0`;
  const bundle = await fetchBundle(request({ account, slots: [SLOT] }));
  expect(verifyBundle(bundle, await trusted()).account).toEqual({
    address: account,
    account: undefined,
    slots: [{ slot: SLOT, value: 0n }],
  });
});

it('hangs on one block of the root, which may be an older one', async () => {
  const { number, hash } = await client.block('latest');
  const bundle = await fetchBundle(request({ rootBlock: number }));
  await root.provider.send('anvil_mine', ['0x1']);
  expect(verifyBundle(bundle, { hash }).root.number).toBe(number);
  const newer = await trusted();
  expect(() => verifyBundle(bundle, newer)).toThrow(
    expect.objectContaining({ code: AnchoringErrorCode.UntrustedRoot }),
  );
});

it('says what is missing', async () => {
  await expect(fetchBundle(request({ index: 2 }))).rejects.toThrow(
    expect.objectContaining({ code: RootErrorCode.AnchorUnknown }),
  );
  await expect(fetchBundle(request({ rootBlock: 1 }))).rejects.toThrow(
    expect.objectContaining({ code: AnchoringErrorCode.AnchorMismatch }),
  );
});

it('writes the header of every fork so that it hashes to the block', async () => {
  for (const hardfork of ['paris', 'shanghai', 'cancun', 'prague', 'osaka', 'berlin', 'london']) {
    const node = await startAnvil('--hardfork', hardfork);
    try {
      await node.provider.send('anvil_mine', ['0x2']);
      const block = await node.provider.send('eth_getBlockByNumber', ['latest', false]);
      expect(encodeHeader(block)).toMatch(/^0xf9/);
    } finally {
      await node.stop();
    }
  }
}, 30_000);
