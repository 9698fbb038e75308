import { type Address, bigIntToHex, hexToBytes } from '@flotilla/common';
import { EvmErrorCode } from '../errors.js';
import { Evm } from '../evm.js';
import { BLOCK, stateWith } from '../testing/playground.js';

/** Zeros are points at infinity; each pair or term is looked at all the same. */
const calls: readonly (readonly [name: string, address: number, bytes: number])[] = [
  ['bn254 pairings', 0x08, 192 * 40],
  ['BLS12-381 multiplications on G1', 0x0c, 160 * 40],
  ['BLS12-381 multiplications on G2', 0x0e, 288 * 40],
  ['BLS12-381 pairings', 0x0f, 384 * 40],
];

it.each(calls)('asks within %s whether the call has to end', (_, address, bytes) => {
  let asked = 0;
  const to: Address = bigIntToHex(BigInt(address), 20);
  const interrupt = () => ++asked === 20;
  const call = () =>
    new Evm({ hardfork: 'prague' }).call(
      { to, data: hexToBytes(`0x${'00'.repeat(bytes)}`), gasLimit: 30_000_000n },
      BLOCK,
      stateWith(),
      { interrupt },
    );
  expect(call).toThrow(expect.objectContaining({ code: EvmErrorCode.Interrupted }));
  expect(asked).toBe(20);
});
