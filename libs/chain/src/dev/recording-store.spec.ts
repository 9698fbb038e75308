import { WriteBatch } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import { RecordingStore } from './recording-store.js';

const key = (name: string) => new TextEncoder().encode(name);

let inner: MemoryStore;
let store: RecordingStore;

beforeEach(() => {
  inner = new MemoryStore();
  store = new RecordingStore(inner, { bytes: 100, snapshots: 3 });
});

async function put(name: string, value: number | undefined): Promise<void> {
  const batch = new WriteBatch();
  if (value === undefined) batch.delete('meta', key(name));
  else batch.put('meta', key(name), Uint8Array.of(value));
  await store.commit(batch);
}

const get = (name: string) => store.get('meta', key(name))?.[0];

it('leads back over made, changed and deleted records', async () => {
  await put('changed', 1);
  await put('deleted', 2);
  const id = store.snapshot();
  await put('changed', 3);
  await put('changed', 4);
  await put('deleted', undefined);
  await put('made', 5);
  await store.commitUnrecorded(store.rewind(id));
  expect([get('changed'), get('deleted'), get('made')]).toEqual([1, 2, undefined]);
  expect(store.find(id)).toBe('unknown');
});

it('leads over several snapshots at once, to the oldest image', async () => {
  const first = store.snapshot();
  await put('a', 1);
  const second = store.snapshot();
  await put('a', 2);
  await store.commitUnrecorded(store.rewind(first));
  expect(get('a')).toBeUndefined();
  expect(store.find(second)).toBe('unknown');
});

it('gives up the oldest snapshots when there are too many', () => {
  const ids = [1, 2, 3, 4].map(() => store.snapshot());
  expect(ids.map((id) => store.find(id))).toEqual(['dropped', 'kept', 'kept', 'kept']);
  expect(store.find(99)).toBe('unknown');
});

it('gives up the oldest snapshots when they take too much', async () => {
  const first = store.snapshot();
  await put('x'.repeat(20), 1);
  const second = store.snapshot();
  await put('y'.repeat(20), 1);
  expect([store.find(first), store.find(second)]).toEqual(['dropped', 'kept']);
  await put('z'.repeat(40), 1);
  expect(store.find(second)).toBe('dropped');
});
