import { MemoryStore } from './memory-store.js';
import { describeStateStore } from './state-store-compliance.js';

describeStateStore('MemoryStore', async () => ({
  store: new MemoryStore(),
  close: async () => {},
}));
