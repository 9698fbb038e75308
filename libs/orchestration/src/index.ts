export * from './runtime/runtime-driver.js';
export * from './spec/chain-spec.schema.js';
export * from './spec/quantity.schema.js';
export * from './status/chain-status.js';
