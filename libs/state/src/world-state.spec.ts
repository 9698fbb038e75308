import { MemoryStore } from '@flotilla/testing';
import { WorldState, WriteBatch } from './index.js';

const ALICE = `0x${'a1'.repeat(20)}` as const;

it('starts, commits and reads back', async () => {
  const store = new MemoryStore();
  const world = new WorldState({}, { store });
  const overlay = world.begin();
  overlay.setBalance(ALICE, 5n);
  overlay.setStorage(ALICE, 1n, 2n);
  const prepared = world.prepareCommit(overlay, 0);
  const batch = new WriteBatch();
  prepared.apply(batch);
  await store.commit(batch);
  expect(world.at(0).account(ALICE)?.balance).toBe(5n);
  expect(world.at(0).slot(ALICE, 1n)).toBe(2n);
});
