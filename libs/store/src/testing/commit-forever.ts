import { writeSync } from 'node:fs';
import { armFailpoint } from '@flotilla/common';
import { WriteBatch } from '@flotilla/state';
import { FileJournal } from '../file-journal.js';
import { LmdbStore } from '../lmdb-store.js';

/**
 * A process for tests to kill: commits and journals numbered rounds without end, and tells each that is durable.
 * Arguments: folder; optionally a failpoint to die at, and the how manieth passing of it.
 */
const [folder, failpointName, passings] = process.argv.slice(2);
const ROWS = 40;

const store = LmdbStore.open({ path: `${folder}/data` });
const journal = await FileJournal.open({ folder: `${folder}/journal`, rotateAboveBytes: 2000 });

if (failpointName !== undefined) {
  let left = Number(passings);
  armFailpoint(failpointName, () => {
    if (--left === 0) process.kill(process.pid, 'SIGKILL');
  });
}

const numberBytes = (value: number) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};

function readRound(): number {
  const bytes = store.get('meta', numberBytes(0));
  return bytes === undefined ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

async function commitRound(round: number): Promise<void> {
  const batch = new WriteBatch();
  batch.put('meta', numberBytes(0), numberBytes(round));
  for (let row = 0; row < ROWS; row++) batch.put('slots', numberBytes(row), numberBytes(round));
  batch.put('history', numberBytes(round), numberBytes(round));
  if (round > ROWS) batch.delete('history', numberBytes(round - ROWS));
  const committed = store.commit(batch);
  // Every other round goes without waiting, so that commits overlap.
  if (round % 2 === 0) await committed;
  void committed.then(() => writeSync(1, `committed ${round}\n`));
}

for (let round = readRound() + 1; ; round++) {
  await journal.append(numberBytes(round));
  writeSync(1, `journaled ${round}\n`);
  await commitRound(round);
  if (round % 8 === 0) {
    await journal.prune(Array.from({ length: 4 }, (_, i) => numberBytes(round - 3 + i)));
  }
}
