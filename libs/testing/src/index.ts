export * from './chain/accounts.js';
export * from './chain/memory-journal.js';
export * from './chain/sign.js';
export * from './chain/test-chain.js';
export * from './memory-store.js';
export * from './seeded-random.js';
export * from './simulated-clock.js';
export * from './state-store-compliance.js';
