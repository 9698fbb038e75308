import { silentLogger } from '@flotilla/common';
import { DiskGuard } from './disk-guard.js';
import { LimitHits } from './limit-hits.js';

const MB = 1024 * 1024;

function guard(diskMb: number | null) {
  const disk = { databaseBytes: 0, freeBytes: 1_000 * MB };
  const hits = new LimitHits();
  const subject = new DiskGuard(
    { databaseFile: '', diskMb },
    { journalBytes: () => MB, hits, logger: silentLogger, measure: () => disk },
  );
  const fill = (databaseMb: number) => {
    disk.databaseBytes = databaseMb * MB;
    subject.measure();
  };
  return { disk, fill, hits, subject };
}

const diskFull = expect.objectContaining({ code: 'DISK_FULL', data: { limit: 'diskMb' } });

describe('DiskGuard', () => {
  it('refuses transactions near the quota, and blocks only at it', () => {
    const { fill, hits, subject } = guard(100);
    fill(90);
    expect(() => subject.checkIntake()).not.toThrow();
    fill(92);
    expect(subject.isFull).toBe(true);
    expect(() => subject.checkIntake(3)).toThrow(diskFull);
    expect(hits.all()).toEqual({ diskMb: 3 });
    // What was let in before is still mined.
    expect(() => subject.checkRoom()).not.toThrow();
    fill(99);
    expect(() => subject.checkRoom()).toThrow(diskFull);
    expect(subject.bytes).toBe(100 * MB);
  });

  it('opens again when the quota is raised, or when there is less on the disk', () => {
    const { disk, fill, subject } = guard(100);
    fill(99);
    subject.limit(200);
    expect(() => subject.checkIntake()).not.toThrow();
    subject.limit(100);
    expect(() => subject.checkRoom()).toThrow(diskFull);
    disk.databaseBytes = 10 * MB;
    expect(() => subject.checkRoom()).not.toThrow();
    expect(() => subject.checkIntake()).not.toThrow();
  });

  it('is full when the file system is, whatever the quota', () => {
    const { disk, fill, subject } = guard(null);
    fill(100_000);
    expect(subject.isFull).toBe(false);
    disk.freeBytes = 70 * MB;
    subject.measure();
    expect(subject.isFull).toBe(true);
    expect(() => subject.checkRoom()).not.toThrow();
    disk.freeBytes = 60 * MB;
    subject.measure();
    expect(() => subject.checkRoom()).toThrow(diskFull);
  });
});
