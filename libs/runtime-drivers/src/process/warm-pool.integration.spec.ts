import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@flotilla/common';
import { jest } from '@jest/globals';
import { loadProcessRecord } from '../instance-files.js';
import { ProcessDriver } from '../process-driver.js';
import { isAlive, type ProcessIdentity, signalProcess } from './process-identity.js';
import { WarmPool } from './warm-pool.js';

/** As much of a node as the pool sees: ready soon, then it notes what it was told, and stays. */
const PROGRAM = `
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
const stat = readFileSync('/proc/self/stat', 'utf8');
const startedAt = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
if (process.argv.includes('--broken')) process.exit(1);
let text = '';
process.stdin.on('data', (chunk) => {
  text += chunk;
  if (!text.includes('\\n')) return;
  const { folder, logFile } = JSON.parse(text);
  process.stdin.destroy();
  appendFileSync(logFile, 'assigned\\n');
  const url = '//127.0.0.1:1';
  writeFileSync(folder + '/instance.json', JSON.stringify({ pid: process.pid, startedAt, rpcUrl: 'http:' + url, wsUrl: 'ws:' + url }));
  setInterval(() => {}, 1000);
});
process.stdin.on('end', () => process.exit(0));
setTimeout(() => { try { writeSync(3, 'ready\\n'); } catch {} }, process.argv.includes('--slow') ? 1000 : 0);
`;

const home = mkdtempSync(join(tmpdir(), 'flotilla-warm-'));
const entryFile = join(home, 'node.mjs');
const logFile = join(home, 'warm.log');
const environment = { PATH: '/usr/bin:/bin' };
const modules = { clock: systemClock, logger: silentLogger };
const pools: WarmPool[] = [];
const taken: ProcessIdentity[] = [];

beforeAll(() => writeFileSync(entryFile, PROGRAM));

afterAll(() => {
  for (const pool of pools) pool.close();
  for (const identity of taken) signalProcess(identity, 'SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

let isAwaited = false;

function pool(size: number, ...flags: string[]): WarmPool {
  const args = [entryFile, ...flags];
  const made = new WarmPool(
    {
      size,
      command: process.execPath,
      args,
      cwd: home,
      environment,
      logFile,
      background: async () => {},
      isAwaited: () => isAwaited,
    },
    modules,
  );
  pools.push(made);
  made.start();
  return made;
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(what()).toBe(true);
}

// They stand back behind whatever else the machine does.
jest.setTimeout(20_000);

describe('warm pool', () => {
  it('boots nobody while a crowd takes what is ready, and all of them afterwards', async () => {
    const warm = pool(4);
    await until(() => warm.counts.ready === 4);
    const first = performance.now();
    for (let left = 3; left > 0; left--) {
      taken.push(warm.take()!.process);
      await new Promise((resolve) => setTimeout(resolve, 300));
      // On a machine that is busy the crowd may have been late.
      if (performance.now() - first < 950)
        expect(warm.counts).toEqual({ ready: left, starting: 0 });
    }
    await until(() => warm.counts.ready === 4);
  });

  it('keeps so many ready, gives each to one chain, and replaces it', async () => {
    const subject = pool(2);
    await until(() => subject.counts.ready === 2);
    const [first, second] = [subject.take(), subject.take()];
    expect(subject.take()).toBeUndefined();
    for (const node of [first, second]) if (node) taken.push(node.process);
    expect(first?.process.pid).not.toBe(second?.process.pid);
    await until(() => subject.counts.ready === 2);
  });

  it('boots nobody while somebody waits for a start', async () => {
    const subject = pool(1);
    await until(() => subject.counts.ready === 1);
    isAwaited = true;
    taken.push(subject.take()!.process);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(subject.counts).toEqual({ ready: 0, starting: 0 });
    isAwaited = false;
    await until(() => subject.counts.ready === 1);
  });

  it('ends its nodes when it closes, but not those that belong to a chain', async () => {
    const subject = pool(2);
    await until(() => subject.counts.ready === 2);
    const [idle, node] = [subject.take(), subject.take()];
    const folder = mkdtempSync(join(home, 'chain-'));
    node?.assign({ folder, logFile: join(folder, 'log') });
    if (node) taken.push(node.process);
    await until(() => subject.counts.ready === 2);
    subject.close();
    idle?.node.child.stdin?.destroy();
    await until(() => idle !== undefined && !isAlive(idle.process));
    expect(node && isAlive(node.process)).toBe(true);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('assigned\n');
  });

  it('gives away a node that still boots when none is ready', async () => {
    const subject = pool(1, '--slow');
    await until(() => subject.counts.starting === 1);
    const node = subject.take();
    const folder = mkdtempSync(join(home, 'chain-'));
    const log = join(folder, 'log');
    node?.assign({ folder, logFile: log });
    if (node) taken.push(node.process);
    await until(() => existsSync(log));
    expect(readFileSync(log, 'utf8')).toBe('assigned\n');
    await until(() => subject.counts.ready === 1);
  });

  it('does not spin over a program that ends before it is ready', async () => {
    const subject = pool(1, '--broken');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await until(() => subject.counts.starting === 0);
    expect(subject.counts.ready).toBe(0);
    expect(subject.take()).toBeUndefined();
  });
});

it('the driver starts a chain with a warm node, and tells when it serves', async () => {
  const driver = new ProcessDriver(
    {
      entryFile,
      environment,
      groups: { groups: undefined, reason: 'none in this test' },
      logFile: () => join(home, 'chain.log'),
      warm: { size: 1, logFile },
    },
    modules,
  );
  const folder = join(home, 'shop');
  mkdirSync(folder);
  driver.warmUp();
  await until(() => driver.warm.ready === 1);
  const serving = new Promise<string>((resolve) => void driver.onServing(resolve));
  const { pid } = await driver.start({ chain: 'shop', instance: 'shop-0', folder });
  expect(await serving).toBe('shop');
  const record = loadProcessRecord(folder);
  if (record) taken.push(record);
  expect(await driver.inspect({ chain: 'shop', instance: 'shop-0', folder })).toMatchObject({
    state: 'running',
    pid,
  });
  expect(record?.pid).toBe(pid);
  await until(() => driver.warm.ready === 1);
  const cold = { chain: 'cold', instance: 'cold-0', folder: join(home, 'cold') };
  mkdirSync(cold.folder);
  await driver.start(cold, { cold: true });
  expect(driver.warm.ready).toBe(1);
  driver.close();
});
