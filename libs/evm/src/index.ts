export { create2Address, createAddress } from './create.js';
export * from './errors.js';
export * from './evm.js';
export { Gas, Limit } from './gas.js';
export { EMPTY_CODE_HASH } from './hashes.js';
export { isActive, type OpcodeInfo, opcodeTable } from './opcodes.js';
export { isDelegation } from './program.js';
export { signDigest } from './sign-digest.js';
export { recoverAddress, recoverSigner } from './signature.js';
export * from './state.js';
export * from './tracer.js';
export { AccessTracer } from './tracers/access-tracer.js';
export * from './tracers/call-tracer.js';
export * from './tracers/prestate-tracer.js';
export { SelectorCounter } from './tracers/selector-counter.js';
export * from './tracers/struct-logger.js';
export { TraceBudget } from './tracers/trace-budget.js';
export { TransferTracer } from './tracers/transfer-tracer.js';
export { authorizationDigest, recoverAuthority } from './transaction/authorizations.js';
export { blobGas, effectiveGasPrice, maximumCost } from './transaction/fees.js';
export {
  type IntrinsicGas,
  type IntrinsicInput,
  intrinsicGas,
} from './transaction/intrinsic-gas.js';
export * from './types.js';
