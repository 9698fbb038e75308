export * from './bytes.js';
export * from './clock.js';
export * from './errors.js';
export * from './failpoint.js';
export * from './keccak.js';
export * from './logger.js';
export * from './random.js';
export * from './rlp.js';
