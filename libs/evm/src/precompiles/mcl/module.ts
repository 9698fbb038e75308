import createModule from 'mcl-wasm/dist/mcl_c.js';

/** An address in the memory of one instance. */
export type Pointer = number;

/** The exports of one instance, `_mclBn…`: numbers and pointers in, a number out. */
export interface MclModule {
  readonly wasmMemory: { readonly buffer: ArrayBuffer };
  _malloc(bytes: number): Pointer;
  readonly [name: `_mclBn${string}`]: (...args: number[]) => number;
}

interface Instantiation {
  then(use: (result: { readonly instance: object }) => MclModule): MclModule;
}

// Node has it; the type library without a DOM does not.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
  instantiate: (bytes: Uint8Array, imports: object) => Instantiation;
};

/** Curves as the library numbers them. */
export const CurveId = { Bn254: 4, Bls12381: 5, P256: 107 } as const;
export type CurveId = (typeof CurveId)[keyof typeof CurveId];

/** The library refuses to start for a caller of other sizes: 6 words of 64 bits for Fp, 4 for Fr. */
const COMPILED_SIZES = 4 * 10 + 6;

/** Compiled once per thread, for the instances of all curves. */
let compiled: object | undefined;

function instantiateNow(bytes: Uint8Array, imports: object): Instantiation {
  compiled ??= new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(compiled, imports);
  // biome-ignore lint/suspicious/noThenProperty: it stands for the promise that the library takes it for
  return { then: (use) => use({ instance }) };
}

/**
 * The library offers its instances by promise only, and a chain's one writer cannot wait for one in the middle of a
 * transaction, nor hold megabytes for what most chains never call. So for this one synchronous call instances are
 * made on the spot. The package's version is pinned for it.
 */
export function openModule(curve: CurveId): MclModule {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = instantiateNow;
  let module: MclModule;
  try {
    module = createModule({});
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  if (module._mclBn_init(curve, COMPILED_SIZES) !== 0) {
    throw new RangeError(`mcl does not know curve ${curve}`);
  }
  return module;
}
