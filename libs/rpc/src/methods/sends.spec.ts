import { bytesToHex } from '@flotilla/common';
import { signTransaction, testAccount } from '@flotilla/testing';
import type { Cost } from '../cost.js';
import { sendMethods } from './sends.js';

const alice = testAccount(0);
const hash = `0x${'ab'.repeat(32)}` as const;

async function costOf(gas: bigint, submit = async () => hash as `0x${string}`): Promise<number> {
  const raw = await signTransaction(alice, { to: alice.address, gas });
  const [send] = sendMethods(submit);
  const cost: Cost = { micros: Number(send.costMicros) };
  await Promise.resolve(send.handle([bytesToHex(raw)], { cost })).catch(() => {});
  return cost.micros;
}

it.each([
  [21_000n, 120],
  [221_000n, 1_120],
  [1_021_000n, 5_120],
  [30_000_000n, 5_120],
])('costs by its gas limit, up to a bound: %s', async (gas, micros) => {
  expect(await costOf(gas)).toBe(micros);
});

it('costs no gas when it is refused', async () => {
  const refuse = async () => {
    throw new Error('nonce too low');
  };
  expect(await costOf(1_021_000n, refuse)).toBe(120);
});
