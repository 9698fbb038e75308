import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { getPriority, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@flotilla/common';
import type { InstanceSpec, InstanceStatus } from '@flotilla/orchestration';
import { loadProcessRecord, saveProcessRecord } from './instance-files.js';
import { capLog, tailLog } from './process/log-file.js';
import { identifyProcess, isAlive, signalProcess } from './process/process-identity.js';
import { spawnDetached } from './process/spawn-detached.js';
import { stopProcess } from './process/stop-process.js';
import { ProcessDriver } from './process-driver.js';

/** Does what a node does to its folder: publishes itself, says something, ends cleanly on SIGTERM. */
const NODE = `
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
const folder = process.argv[process.argv.indexOf('--data') + 1];
const has = (name) => existsSync(join(folder, name));
if (has('refuse')) process.exit(64);
console.log('hello from', process.pid, Object.keys(process.env).sort().join(','));
const stat = readFileSync('/proc/self/stat', 'utf8');
const startedAt = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
const port = 1000;
const publish = () => writeFileSync(join(folder, 'instance.json'), JSON.stringify(
  { pid: process.pid, startedAt, rpcUrl: 'http://127.0.0.1:' + port, wsUrl: 'ws://127.0.0.1:' + port, port }));
setTimeout(publish, has('slow') ? 60_000 : 0);
process.on('SIGTERM', () => has('stubborn') || process.exit(0));
setInterval(() => {}, 1000);
`;

const home = mkdtempSync(join(tmpdir(), 'flotilla-driver-'));
const entryFile = join(home, 'node.mjs');
const drivers: ProcessDriver[] = [];
const started: InstanceSpec[] = [];
const logFile = ({ chain }: InstanceSpec) => join(home, `chain-${chain}.log`);
const groups = { groups: undefined, reason: 'none in this test' };
let serial = 0;

function driver(): ProcessDriver {
  const environment = { PATH: '/usr/bin:/bin' };
  const made = new ProcessDriver(
    { entryFile, environment, logFile, groups, warm: { size: 0, logFile: join(home, 'warm.log') } },
    { clock: systemClock, logger: silentLogger },
  );
  drivers.push(made);
  return made;
}

function chain(...flags: string[]): InstanceSpec {
  const name = `chain-${++serial}`;
  const spec = { chain: name, instance: `${name}-0`, folder: join(home, name) };
  mkdirSync(spec.folder);
  for (const flag of flags) writeFileSync(join(spec.folder, flag), '');
  started.push(spec);
  return spec;
}

async function until(condition: () => unknown, what: string): Promise<void> {
  for (const end = Date.now() + 8_000; !(await condition()); ) {
    if (Date.now() > end) expect(what).toBe('reached');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const running = (subject: ProcessDriver, spec: InstanceSpec) =>
  until(async () => (await subject.inspect(spec)).state === 'running', 'a running instance');

beforeAll(() => writeFileSync(entryFile, NODE));

afterAll(async () => {
  const last = driver();
  await Promise.all(started.map((spec) => last.stop(spec, { graceMs: 500 })));
  for (const each of drivers) each.close();
  rmSync(home, { recursive: true, force: true });
});

describe('ProcessDriver', () => {
  it('starts, inspects, reads the log of, and stops an instance', async () => {
    const subject = driver();
    const spec = chain();
    expect(await subject.inspect(spec)).toEqual({
      chain: spec.chain,
      instance: spec.instance,
      state: 'absent',
    });
    const status = await subject.start(spec);
    expect(status.pid).toBeGreaterThan(1);
    await running(subject, spec);
    expect(await subject.inspect(spec)).toMatchObject({
      state: 'running',
      pid: status.pid,
      rpcUrl: 'http://127.0.0.1:1000',
      startedAt: expect.closeTo(Date.now(), -5),
    });
    expect(await subject.logs(spec, { lines: 10 })).toEqual([`hello from ${status.pid} PATH`]);
    await subject.stop(spec, { graceMs: 5_000 });
    expect(identifyProcess(status.pid as number)).toBeUndefined();
    await subject.stop(spec, { graceMs: 5_000 });
    await until(async () => (await subject.inspect(spec)).exitCode === 0, 'the exit code');
    expect(await subject.inspect(spec)).toMatchObject({ state: 'exited' });
  });

  it('never runs two of one chain, whoever asks at once', async () => {
    const [a, b] = [driver(), driver()];
    const spec = chain();
    const first = await a.start(spec);
    const others = await Promise.all([a.start(spec), a.start(spec), b.start(spec)]);
    expect(others.map(({ pid }) => pid)).toEqual([first.pid, first.pid, first.pid]);
  });

  it('adopts what survived, and reports its end', async () => {
    const spec = chain();
    const dead = driver();
    const { pid } = await dead.start(spec);
    await running(dead, spec);
    dead.close();

    const next = driver();
    const ended: InstanceStatus[] = [];
    next.onExit((status) => ended.push(status));
    const absent = chain();
    expect(await next.recover([spec, absent])).toMatchObject([
      { chain: spec.chain, state: 'running', pid },
      { chain: absent.chain, state: 'absent' },
    ]);
    process.kill(pid as number, 'SIGKILL');
    await until(() => ended.length > 0, 'news of its end');
    expect(ended).toMatchObject([{ chain: spec.chain, state: 'exited' }]);
  });

  it('adopts an instance that it only knows from the node’s own file', async () => {
    const spec = chain();
    const subject = driver();
    const { pid } = await subject.start(spec);
    await running(subject, spec);
    rmSync(join(spec.folder, 'process.json'));
    expect(await driver().start(spec)).toMatchObject({ state: 'running', pid });
  });

  it('does not take a reused pid for the chain, and never signals it', async () => {
    const spec = chain();
    const bystander = await spawnDetached({
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      cwd: home,
      environment: {},
      logFile: join(home, 'bystander.log'),
    });
    saveProcessRecord(spec.folder, { pid: bystander.pid, startTime: '1', spawnedAt: 1 });
    const subject = driver();
    expect(await subject.inspect(spec)).toMatchObject({ state: 'exited' });
    await subject.stop(spec, { graceMs: 100 });
    expect(isAlive(bystander)).toBe(true);
    await stopProcess(bystander, { graceMs: 1_000 }, systemClock);
  });

  it('says why it ended: an exit code, a signal', async () => {
    const subject = driver();
    const ended: InstanceStatus[] = [];
    subject.onExit((status) => ended.push(status));
    const refused = chain('refuse');
    await subject.start(refused);
    await until(() => ended.length === 1, 'the first end');
    expect(ended[0]).toMatchObject({ chain: refused.chain, state: 'exited', exitCode: 64 });

    const killed = chain();
    const { pid } = await subject.start(killed);
    process.kill(pid as number, 'SIGKILL');
    await until(() => ended.length === 2, 'the second end');
    expect(ended[1]).toMatchObject({ chain: killed.chain, signal: 'SIGKILL' });
  });

  it('is starting until it publishes, and kills what ignores SIGTERM', async () => {
    const subject = driver();
    const slow = chain('slow', 'stubborn');
    const { pid, state } = await subject.start(slow);
    expect(state).toBe('starting');
    // The handler stands once the program has spoken.
    await until(async () => (await subject.logs(slow, { lines: 1 })).length > 0, 'its first line');
    await subject.stop(slow, { graceMs: 200 });
    expect(identifyProcess(pid as number)).toBeUndefined();
    await until(async () => (await subject.inspect(slow)).signal === 'SIGKILL', 'the signal');
  });

  it('survives its starter: the process leads a session of its own', async () => {
    const subject = driver();
    const spec = chain();
    const { pid } = await subject.start(spec);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const session = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
    expect(session).toBe(pid);
  });

  it('does not hand its starter’s priority on, where it may raise it', async () => {
    const spec = chain();
    setPriority(5);
    try {
      const { pid } = await driver().start(spec);
      expect(getPriority(pid)).toBe(process.getuid?.() === 0 ? 0 : 5);
    } finally {
      if (process.getuid?.() === 0) setPriority(0);
    }
  });

  it('tells the truth about an entry that is not built', async () => {
    const environment = {};
    const broken = new ProcessDriver(
      {
        entryFile: join(home, 'absent.js'),
        environment,
        logFile,
        groups,
        warm: { size: 0, logFile: '' },
      },
      { clock: systemClock, logger: silentLogger },
    );
    drivers.push(broken);
    expect(await broken.fingerprint()).toMatchObject({ healthy: false });
    expect(await driver().fingerprint()).toMatchObject({ healthy: true, driver: 'process' });
  });

  it('drops a half-written record instead of failing', async () => {
    const spec = chain();
    writeFileSync(join(spec.folder, 'process.json'), '{"pid":');
    expect(loadProcessRecord(spec.folder)).toBeUndefined();
    expect((await driver().start(spec)).pid).toBeGreaterThan(1);
  });
});

describe('logs', () => {
  it('are capped while they are written to, and read across the cut', () => {
    const file = join(home, 'capped.log');
    for (let i = 0; i < 100; i++) appendFileSync(file, `line ${i}\n`);
    expect(capLog(file, 10_000)).toBe(false);
    expect(capLog(file, 100)).toBe(true);
    for (let i = 100; i < 103; i++) appendFileSync(file, `line ${i}\n`);
    expect(tailLog(file, 5)).toEqual([98, 99, 100, 101, 102].map((i) => `line ${i}`));
    expect(tailLog(file, 2)).toEqual(['line 101', 'line 102']);
    expect(tailLog(join(home, 'absent.log'), 5)).toEqual([]);
    expect(existsSync(`${file}.1`)).toBe(true);
  });
});

it('a signal goes to nobody when the process is gone', () => {
  expect(signalProcess({ pid: process.pid, startTime: 'another' }, 'SIGKILL')).toBe(false);
});
