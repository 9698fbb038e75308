export * from './memory-store.js';
export * from './simulated-clock.js';
export * from './state-store-compliance.js';
