import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@flotilla/common';
import { isAlive, type ProcessIdentity, spawnDetached } from '@flotilla/runtime-drivers';
import { freePort } from '@flotilla/testing';
import { UpErrorCode } from '../errors.js';
import { answersTcp } from '../services/probe.js';
import { Home } from '../state/home.js';
import { ProcessTable } from '../state/process-table.js';
import { ManagedService } from './managed-service.js';
import type { Service } from './service.js';

const SERVER = `
require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1');
console.log('listening');
`;

const home = new Home(mkdtempSync(join(tmpdir(), 'flotilla-up-')));
home.create();
const running: ManagedService[] = [];
let serial = 0;
let port: number;

function service(name: string, change: Partial<Service> & { script?: string } = {}): Service {
  const { script = SERVER, ...rest } = change;
  return {
    name,
    title: name,
    stopSignal: 'SIGTERM',
    graceMs: 2_000,
    prepare: async () => ({
      command: process.execPath,
      args: ['-e', script, String(port)],
      cwd: home.path,
      environment: {},
    }),
    healthy: () => answersTcp(port),
    ...rest,
  };
}

function manage(subject: Service, told: string[] = []): ManagedService {
  const made = new ManagedService(subject, {
    home,
    table: new ProcessTable(home),
    clock: systemClock,
    onRestart: (_, pid) => told.push(String(pid)),
    onTrouble: (sentence) => told.push(sentence),
  });
  running.push(made);
  return made;
}

const pidOf = (name: string) => new ProcessTable(home).alive(name)?.pid;
const going = new AbortController().signal;

/** False once it has ended and its parent has taken note. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => unknown, what: string): Promise<void> {
  for (const end = Date.now() + 8_000; !(await condition()); ) {
    if (Date.now() > end) expect(what).toBe('reached');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeEach(async () => {
  port = await freePort();
  serial++;
});

afterEach(() => Promise.all(running.splice(0).map((each) => each.stop({ force: true }))));
afterAll(() => rmSync(home.path, { recursive: true, force: true }));

it('starts, answers, and stops', async () => {
  const name = `plain-${serial}`;
  const subject = manage(service(name));
  expect(await subject.up(going)).toBe('started');
  const pid = pidOf(name);
  expect(await answersTcp(port)).toBe(true);
  await subject.stop({ force: false });
  expect(pidOf(name)).toBeUndefined();
  await until(() => !exists(pid as number), 'the end of the process');
  await subject.stop({ force: false });
});

it('adopts what an earlier supervisor left, unless it would be started otherwise now', async () => {
  const name = `adopted-${serial}`;
  await manage(service(name)).up(going);
  const pid = pidOf(name);
  expect(await manage(service(name)).up(going)).toBe('adopted');
  expect(pidOf(name)).toBe(pid);

  expect(await manage(service(name, { script: `${SERVER};1` })).up(going)).toBe('started');
  expect(pidOf(name)).not.toBe(pid);
  expect(() => process.kill(pid as number, 0)).toThrow();
});

it('ends an orphan that the table does not know before it starts its own', async () => {
  const name = `orphan-${serial}`;
  const orphan: ProcessIdentity = await spawnDetached({
    command: process.execPath,
    args: ['-e', SERVER, String(port)],
    cwd: home.path,
    environment: {},
    logFile: home.logFile(name),
  });
  await until(() => answersTcp(port), 'the orphan');
  expect(await manage(service(name, { findOrphan: () => orphan })).up(going)).toBe('started');
  expect(isAlive(orphan)).toBe(false);
});

it('starts again what dies, again and again', async () => {
  const name = `dies-${serial}`;
  const told: string[] = [];
  const subject = manage(service(name), told);
  await subject.up(going);
  void subject.watch();
  for (let deaths = 1; deaths <= 2; deaths++) {
    process.kill(pidOf(name) as number, 'SIGKILL');
    await until(() => told.length === deaths, `restart ${deaths}`);
    await until(() => answersTcp(port), `an answer after restart ${deaths}`);
    expect(told.at(-1)).toBe(String(pidOf(name)));
  }
  await subject.stop({ force: false });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(pidOf(name)).toBeUndefined();
});

it('gives up on what never gets up, with the end of its log', async () => {
  const name = `broken-${serial}`;
  const script = "console.log('no such luck'); process.exit(3)";
  await expect(manage(service(name, { script })).up(going)).rejects.toMatchObject({
    code: UpErrorCode.NotHealthy,
    message: expect.stringContaining('no such luck'),
  });
});

it('gives up waiting when it is told to', async () => {
  const cancelled = new AbortController();
  const waiting = manage(service(`silent-${serial}`, { script: 'setInterval(() => {}, 1000)' })).up(
    cancelled.signal,
  );
  setTimeout(() => cancelled.abort(), 200);
  await expect(waiting).rejects.toMatchObject({ code: UpErrorCode.Interrupted });
});
