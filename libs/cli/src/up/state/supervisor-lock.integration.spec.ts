import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '@flotilla/runtime-drivers';
import { UpErrorCode } from '../errors.js';
import { SupervisorLock } from './supervisor-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-lock-'));
const file = join(folder, 'supervisor.lock');

afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is held by one, released by its holder, and leaves nothing else behind', () => {
  const lock = SupervisorLock.acquire(file);
  expect(() => SupervisorLock.acquire(file)).toThrow(
    expect.objectContaining({ code: UpErrorCode.AlreadyRunning, data: { pid: process.pid } }),
  );
  expect(readdirSync(folder)).toEqual(['supervisor.lock']);
  lock.release();
  expect(existsSync(file)).toBe(false);
});

it.each([
  ['whose process is gone', JSON.stringify({ pid: 2 ** 22 - 1, startTime: '5' })],
  [
    'whose pid is somebody else’s now',
    JSON.stringify({ ...identifyProcess(process.ppid), startTime: '5' }),
  ],
  ['that a crash cut off', '{"pid": 12'],
  ['that is empty', ''],
])('is taken over from one %s', (_, content) => {
  writeFileSync(file, content);
  SupervisorLock.acquire(file).release();
  expect(readdirSync(folder)).toEqual([]);
});

it('is not released for another holder', () => {
  const lock = SupervisorLock.acquire(file);
  writeFileSync(file, JSON.stringify(identifyProcess(process.ppid)));
  lock.release();
  expect(existsSync(file)).toBe(true);
});
