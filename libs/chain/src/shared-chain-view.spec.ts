import { armFailpoint, silentLogger } from '@flotilla/common';
import { SimulatedClock, signTransaction, TestChain, testAccount } from '@flotilla/testing';
import { SharedChainView } from './shared-chain-view.js';

const alice = testAccount(0);
const bob = testAccount(1);

async function setup() {
  const test = await TestChain.open({});
  const view = SharedChainView.open(test.chain.config, {
    store: test.store,
    clock: new SimulatedClock(),
    logger: silentLogger,
  });
  const pay = async (nonce: number) => {
    const sent = test.chain.submitTransaction(
      await signTransaction(alice, { to: bob.address, value: 5n, nonce }),
    );
    await test.chain.sealBlock();
    return sent;
  };
  return { test, view, pay };
}

describe('SharedChainView', () => {
  it('stays at its block until it is refreshed, then reads what the writer committed', async () => {
    const { test, view, pay } = await setup();
    const before = view.balance(bob.address, 'latest');
    const hash = await pay(0);
    expect(view.head().number).toBe(0);
    expect(view.receiptByHash(hash)).toBeUndefined();
    expect(view.balance(bob.address, 'latest')).toBe(before);
    view.refresh();
    expect(view.head()).toEqual(test.chain.head());
    expect(view.receiptByHash(hash)).toEqual(test.chain.receiptByHash(hash));
    expect(view.balance(bob.address, 'latest')).toBe(before + 5n);
    expect(view.call({ to: bob.address }, 'latest').output).toHaveLength(0);
  });

  it('follows changes of the settings, of the same block too', async () => {
    const { test, view } = await setup();
    const prices = () => [view.gasPrice(), view.settingsAt(1).settings.fees.gasPrice];
    const changeTo = (gasPrice: bigint, generation: number) =>
      test.chain.changeSettings({ fees: { mode: 'fixed', gasPrice } }, generation);
    const disarm = armFailpoint('chain.settings-durable', () => {
      throw new RangeError('killed');
    });
    await expect(changeTo(7n, 1)).rejects.toThrow('killed');
    view.refresh();
    expect(prices()).toEqual([7n, 7n]);
    await expect(changeTo(8n, 2)).rejects.toThrow('killed');
    disarm();
    view.refresh();
    expect(prices()).toEqual([8n, 8n]);
    await changeTo(9n, 3);
    view.refresh();
    expect(prices()).toEqual([9n, 9n]);
  });

  it('follows safe and finalized', async () => {
    const { test, view, pay } = await setup();
    await pay(0);
    const { number, hash } = test.chain.head();
    await test.chain.markFinalized(number, hash);
    expect(view.resolveTag('finalized').number).toBe(0);
    view.refresh();
    expect(view.resolveTag('safe').hash).toBe(hash);
    expect(view.resolveTag('finalized').hash).toBe(hash);
  });
});
