import { TestChain, testAccount } from '@flotilla/testing';

const alice = testAccount(0);
const bob = testAccount(50);

it('mines a transfer: open, send, block, receipt', async () => {
  const test = await TestChain.open();
  const receipt = await test.mine(alice, { to: bob.address, value: 5n });
  expect(receipt).toMatchObject({ status: 1, gasUsed: 21_000n, blockNumber: 1 });
  expect(test.chain.balance(bob.address, 'latest')).toBe(5n);
  expect(test.chain.balance(bob.address, 0)).toBe(0n);
});
