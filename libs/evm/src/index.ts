export * from './errors.js';
export * from './evm.js';
export * from './state.js';
export * from './tracer.js';
export * from './types.js';
