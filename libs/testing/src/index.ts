export * from './memory-store.js';
export * from './state-store-compliance.js';
