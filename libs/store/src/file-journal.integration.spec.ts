import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armFailpoint } from '@flotilla/common';
import { StoreErrorCode } from './errors.js';
import { FileJournal, type FileJournalOptions } from './file-journal.js';

const record = (n: number) => new Uint8Array(100).fill(n);
const numbers = (journal: FileJournal) => [...journal.replay()].map((raw) => raw[0]);

describe('FileJournal', () => {
  let folder: string;
  let journals: FileJournal[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-journal-'));
    journals = [];
  });

  afterEach(async () => {
    for (const journal of journals) await journal.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (options: Partial<FileJournalOptions> = {}) => {
    const journal = await FileJournal.open({ folder, ...options });
    journals.push(journal);
    return journal;
  };

  const segmentPath = () => {
    const names = readdirSync(folder);
    expect(names).toHaveLength(1);
    return join(folder, names[0]);
  };

  /** A closed journal with records 1 to `count`, each with an fsync of its own. */
  const written = async (count: number) => {
    const journal = await open();
    for (let n = 1; n <= count; n++) await journal.append(record(n));
    await journal.close();
    return segmentPath();
  };

  it('replays what was appended, in order, and goes on', async () => {
    await written(3);
    const again = await open();
    expect(numbers(again)).toEqual([1, 2, 3]);
    await again.append(record(4));
    await again.close();
    expect(numbers(await open())).toEqual([1, 2, 3, 4]);
  });

  it('shares one fsync among the appends that wait for it', async () => {
    let syncs = 0;
    const disarm = armFailpoint('journal.synced', () => syncs++);
    const journal = await open();
    await Promise.all(Array.from({ length: 500 }, (_, i) => journal.append(record(i & 255))));
    disarm();
    expect(syncs).toBeLessThanOrEqual(2);
    await journal.close();
    expect(numbers(await open())).toHaveLength(500);
  });

  it('cuts a torn tail at every length of it', async () => {
    const path = await written(2);
    const content = readFileSync(path);
    const frame = 116;
    for (let cut = 1; cut < frame; cut += 7) {
      writeFileSync(path, content.subarray(0, content.length - cut));
      const journal = await open();
      expect(journal.tornBytes).toBe(frame - cut);
      expect(numbers(journal)).toEqual([1]);
      await journal.close();
    }
  });

  it('cuts a tail of zeros, as a file system leaves it', async () => {
    const path = await written(2);
    const { length } = readFileSync(path);
    truncateSync(path, length + 5000);
    const journal = await open();
    expect(journal.tornBytes).toBe(5000);
    expect(numbers(journal)).toEqual([1, 2]);
  });

  it('cuts a group whose first page never reached the disk', async () => {
    const journal = await open();
    await journal.append(record(1));
    await Promise.all([journal.append(record(2)), journal.append(record(3))]);
    await journal.close();
    const path = segmentPath();
    const content = readFileSync(path);
    content.fill(0, content.length - 232, content.length - 116);
    writeFileSync(path, content);
    const again = await open();
    expect(again.tornBytes).toBe(232);
    expect(numbers(again)).toEqual([1]);
  });

  it('finds a flipped bit in what was durable', async () => {
    const path = await written(3);
    const content = readFileSync(path);
    for (let at = 0; at < content.length - 116; at += 5) {
      content[at] ^= 1 << (at % 8);
      writeFileSync(path, content);
      await expect(open()).rejects.toMatchObject({ code: StoreErrorCode.CorruptRecord });
      content[at] ^= 1 << (at % 8);
    }
  });

  it('keeps on pruning what is pending and what is being appended', async () => {
    const journal = await open({ rotateAboveBytes: 0 });
    await Promise.all([1, 2, 3, 4].map((n) => journal.append(record(n))));
    const late = journal.append(record(5));
    const pruned = journal.prune([record(2), record(4)]);
    const later = journal.append(record(6));
    await Promise.all([late, pruned, later]);
    await journal.append(record(7));
    await journal.close();
    segmentPath();
    expect(numbers(await open())).toEqual([2, 4, 5, 6, 7]);
  });

  it('keeps what is between write and fsync when it is pruned', async () => {
    const journal = await open({ rotateAboveBytes: 0 });
    await journal.append(record(1));
    let pruned: Promise<void> | undefined;
    const disarm = armFailpoint('journal.written', () => {
      pruned = journal.prune([]);
    });
    await journal.append(record(2));
    disarm();
    await pruned;
    await journal.close();
    expect(numbers(await open())).toEqual([2]);
  });

  it('finds a flipped bit in what pruning kept', async () => {
    const journal = await open({ rotateAboveBytes: 0 });
    await journal.append(record(1));
    await journal.prune([record(1)]);
    await journal.close();
    const path = segmentPath();
    const content = readFileSync(path);
    content[content.length - 1] ^= 1;
    writeFileSync(path, content);
    await expect(open()).rejects.toMatchObject({ code: StoreErrorCode.CorruptRecord });
  });

  it('leaves a short segment alone', async () => {
    const journal = await open({ rotateAboveBytes: 10_000 });
    await journal.append(record(1));
    const before = segmentPath();
    await journal.prune([]);
    expect(segmentPath()).toBe(before);
    for (let i = 0; i < 100; i++) await journal.append(record(2));
    await journal.prune([]);
    expect(segmentPath()).not.toBe(before);
    expect(journal.length).toBeLessThan(100);
  });

  it('refuses what would exceed its limit, and takes more after pruning', async () => {
    const journal = await open({ maxBytes: 500, rotateAboveBytes: 0 });
    for (const n of [1, 2, 3, 4]) await journal.append(record(n));
    await expect(journal.append(record(5))).rejects.toMatchObject({
      code: StoreErrorCode.JournalFull,
      retryable: true,
    });
    await journal.prune([record(4)]);
    await journal.append(record(5));
    await journal.close();
    expect(numbers(await open())).toEqual([4, 5]);
  });

  it('acknowledges nothing once a write failed', async () => {
    const journal = await open();
    await journal.append(record(1));
    const disarm = armFailpoint('journal.written', () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    const first = journal.append(record(2));
    const second = journal.append(record(3));
    await expect(first).rejects.toMatchObject({ code: StoreErrorCode.CommitFailed });
    await expect(second).rejects.toMatchObject({ code: StoreErrorCode.CommitFailed });
    disarm();
    await expect(journal.append(record(4))).rejects.toMatchObject({
      code: StoreErrorCode.CommitFailed,
    });
    await expect(journal.prune([])).rejects.toMatchObject({ code: StoreErrorCode.CommitFailed });
  });

  it('removes what a rotation left half done', async () => {
    await written(2);
    writeFileSync(join(folder, 'segment-000000000002.log.new'), 'half a segm');
    expect(numbers(await open())).toEqual([1, 2]);
    segmentPath();
  });

  it('refuses appends once closed', async () => {
    const journal = await open();
    await journal.close();
    await expect(journal.append(record(1))).rejects.toMatchObject({ code: StoreErrorCode.Closed });
  });
});
