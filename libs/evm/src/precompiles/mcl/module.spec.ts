import { CurveId, openModule } from './module.js';

it('opens at once, and leaves promises of instances to others', () => {
  const { instantiate } = Reflect.get(globalThis, 'WebAssembly');
  const [one, other] = [openModule(CurveId.Bn254), openModule(CurveId.Bls12381)];
  expect(Reflect.get(globalThis, 'WebAssembly').instantiate).toBe(instantiate);
  expect(one.wasmMemory).not.toBe(other.wasmMemory);
  expect([one, other].map((module) => module._mclBn_getCurveType())).toEqual([4, 5]);
});

it('refuses a curve that the library does not know', () => {
  expect(() => openModule(9_999 as CurveId)).toThrow(RangeError);
});
