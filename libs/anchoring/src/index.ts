export * from './blocks-root.js';
export * from './checkpoint.js';
export * from './checkpoint-builder.js';
export * from './checkpoint-hash.js';
export * from './errors.js';
export * from './generated/root-addresses.js';
export * from './quorum.js';
export * from './signature.js';
