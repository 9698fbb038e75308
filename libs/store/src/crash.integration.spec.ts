import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeededRandom, testSeed } from '@flotilla/testing';
import { StoreErrorCode } from './errors.js';
import { FileJournal } from './file-journal.js';
import { LmdbStore } from './lmdb-store.js';

const seed = testSeed();
const CHILD = fileURLToPath(new URL('../dist/testing/commit-forever.js', import.meta.url));
const ROWS = 40;

const readNumber = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);

interface Acknowledged {
  committed: number;
  journaled: number;
}

describe(`the store after kill -9 (seed ${seed})`, () => {
  let folder: string;
  let acknowledged: Acknowledged;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-crash-'));
    acknowledged = { committed: 0, journaled: 0 };
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the child until it has acknowledged something, then to its end, or kills it after the delay. */
  const runChild = (options: { killAfterMs?: number; failpoint?: readonly [string, number] }) =>
    new Promise<void>((resolve, reject) => {
      const args = [CHILD, folder, ...(options.failpoint ?? []).map(String)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      let errors = '';
      child.stderr.on('data', (data) => {
        errors += data;
      });
      child.stdout.on('data', (data) => {
        if (output === '' && options.killAfterMs !== undefined) {
          setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
        }
        output += data;
      });
      child.on('close', (_, signal) => {
        for (const [, what, round] of output.matchAll(/(committed|journaled) (\d+)\n/g)) {
          const key = what as keyof Acknowledged;
          acknowledged[key] = Math.max(acknowledged[key], Number(round));
        }
        if (signal === 'SIGKILL') resolve();
        else reject(new Error(`the child ended by itself: ${errors}`));
      });
    });

  const check = async () => {
    const store = LmdbStore.open({ path: join(folder, 'data') });
    const head = store.get('meta', new Uint8Array(4));
    const round = head === undefined ? 0 : readNumber(head);
    expect(round).toBeGreaterThanOrEqual(acknowledged.committed);
    const rows = [...store.range('slots', {})].map(([, value]) => readNumber(value));
    expect(rows).toEqual(round === 0 ? [] : new Array(ROWS).fill(round));
    const history = [...store.range('history', {})].map(([, value]) => readNumber(value));
    const kept = Math.min(round, ROWS);
    expect(history).toEqual(Array.from({ length: kept }, (_, i) => round - kept + 1 + i));
    await store.close();

    const journal = await FileJournal.open({ folder: join(folder, 'journal') });
    const rounds = [...journal.replay()].map(readNumber);
    if (acknowledged.journaled > 0) expect(rounds).toContain(acknowledged.journaled);
    await journal.close();
  };

  it('holds whole commits and everything that was acknowledged, whenever it dies', async () => {
    const random = new SeededRandom(seed);
    for (let run = 0; run < 8; run++) {
      await runChild({ killAfterMs: random.below(150) });
      await check();
    }
    expect(acknowledged.committed).toBeGreaterThan(0);
  }, 60_000);

  it.each([
    'store.committing',
    'store.written',
    'store.committed',
    'journal.written',
    'journal.synced',
    'journal.rotating',
    'journal.rotated',
  ])(
    'holds whole commits and everything that was acknowledged when it dies at %s',
    async (name) => {
      for (const passing of [1, 2, 5]) {
        await runChild({ failpoint: [name, passing] });
        await check();
      }
    },
    60_000,
  );

  it('locks its folder against other processes while it lives, and no longer', async () => {
    const child = spawn(process.execPath, [CHILD, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(() => LmdbStore.open({ path: join(folder, 'data') })).toThrow(
      expect.objectContaining({
        code: StoreErrorCode.DatabaseLocked,
        data: expect.objectContaining({ pid: child.pid }),
      }),
    );
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
    await LmdbStore.open({ path: join(folder, 'data') }).close();
  }, 20_000);
});
