import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setProcessNice } from './process-priority.js';

/** Says so once it has a thread of its own. */
const PROGRAM = `
const { Worker } = require('node:worker_threads');
new Worker('setInterval(() => {}, 1000)', { eval: true }).once('online', () => console.log('online'));
`;

let child: ChildProcess;

beforeAll(async () => {
  child = spawn(process.execPath, ['-e', PROGRAM], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
});

afterAll(() => child.kill('SIGKILL'));

/** Field 19 of a thread's stat, 16 behind the name in parentheses. */
function nices(): number[] {
  const tasks = `/proc/${child.pid}/task`;
  return readdirSync(tasks).map((id) => {
    const stat = readFileSync(`${tasks}/${id}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

it('sets the priority of every thread, and of the session', () => {
  setProcessNice(child.pid ?? 0, 7);
  expect(nices().length).toBeGreaterThan(1);
  expect(new Set(nices())).toEqual(new Set([7]));
  const session = `/proc/${child.pid}/autogroup`;
  if (existsSync(session)) expect(readFileSync(session, 'utf8')).toMatch(/ nice 7$/m);
});

it('leaves a process alone that is gone', () => {
  expect(() => setProcessNice(2 ** 22 + 1, 7)).not.toThrow();
});
