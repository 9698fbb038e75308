import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InstanceLimits } from '@flotilla/orchestration';
import type { ControlGroups } from './control-groups.js';
import { detectGroups } from './detect-groups.js';

/** What this host has; where it has version 2 or nothing, there is nothing to test here. */
const found = detectGroups({ parent: `flotilla-test-${process.pid}` });
const isV1 = found.groups?.version === 'v1';
const describeV1 = isV1 ? describe : describe.skip;

const limits: InstanceLimits = {
  cpuPercent: 25,
  cpuWeight: 100,
  memoryMb: 160,
  pids: 64,
  ioWeight: 100,
};
const children: ChildProcess[] = [];

/** Node, inside the group from its first instruction on. */
function run(groups: ControlGroups, name: string, code: string, under = ''): ChildProcess {
  const joining = groups.joinFiles(name).map((file) => `echo $$ > '${file}'`);
  const script = [...joining, `exec ${under} "$0" -e "$1"`].join(' && ');
  const child = spawn('/bin/sh', ['-c', script, process.execPath, code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return chunk.toString('utf8').trim();
}

const cpuSecondsOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

describeV1('control groups of version 1', () => {
  const groups = found.groups as ControlGroups;

  afterAll(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    groups.end();
    for (const file of groups.joinFiles('')) expect(existsSync(file)).toBe(false);
  });

  it('throttles what has used up its quota, and lets it go when the limit is lifted', async () => {
    groups.limit('busy', limits);
    const child = run(groups, 'busy', 'console.log("on"); for (;;);');
    await firstLine(child);
    const measure = async () => {
      const before = cpuSecondsOf(child.pid!);
      const since = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return (cpuSecondsOf(child.pid!) - before) / ((performance.now() - since) / 1000);
    };
    // Of 25 %; never more, whatever else the machine does.
    expect(await measure()).toBeLessThan(0.32);
    const throttled = groups.usage('busy')!.throttledSeconds!;
    expect(throttled).toBeGreaterThan(0);
    groups.limit('busy', { ...limits, cpuPercent: null });
    await measure();
    const more = groups.usage('busy')!.throttledSeconds! - throttled;
    expect(more).toBeLessThan(0.1);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }, 20_000);

  it('kills at the memory limit, in that group only, and says so', async () => {
    groups.limit('bomb', limits);
    const child = run(
      groups,
      'bomb',
      'const kept = []; for (;;) kept.push(Buffer.alloc(4 << 20, 1));',
    );
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(groups.usage('bomb')?.oomKills).toBe(1);
    expect(groups.usage('busy')?.oomKills ?? 0).toBe(0);
  }, 20_000);

  it('lets no more processes come than it may have', async () => {
    groups.limit('forks', { ...limits, pids: 48 });
    const child = run(
      groups,
      'forks',
      `const { spawn } = require('node:child_process');
       let refused = 0, left = 60;
       for (let i = 0; i < 60; i++) {
         const child = spawn('/bin/sleep', ['2']);
         child.on('error', () => { refused++; if (--left === 0) console.log(refused); });
         child.on('spawn', () => { if (--left === 0) console.log(refused); });
       }`,
    );
    expect(Number(await firstLine(child))).toBeGreaterThan(10);
    await once(child, 'exit');
  }, 20_000);

  it('takes in a process that runs already, with its threads', async () => {
    groups.limit('moved', limits);
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await firstLine(child);
    expect(groups.holds('moved', child.pid!)).toBe(false);
    await groups.join('moved', child.pid!);
    expect(groups.holds('moved', child.pid!)).toBe(true);
    expect(groups.usage('moved')?.pids).toBeGreaterThan(4);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }, 20_000);

  it('gives those who stand back what nobody else wants, until their limits are written again', async () => {
    const free = { ...limits, cpuPercent: null, cpuWeight: 5_000 };
    groups.limit('first', free);
    groups.limit('behind', free);
    // Kernels before 5.15 can't.
    if (!groups.standBack('behind', false)) return;
    const [first, behind] = ['first', 'behind'].map((name) =>
      run(groups, name, 'console.log("on"); for (;;);', 'taskset -c 0'),
    );
    await Promise.all([first, behind].map(firstLine));
    const shareOfBehind = async () => {
      const before = [first, behind].map(({ pid }) => cpuSecondsOf(pid!));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const [a, b] = [first, behind].map(({ pid }, n) => cpuSecondsOf(pid!) - before[n]);
      return b / (a + b);
    };
    groups.standBack('behind', true);
    expect(await shareOfBehind()).toBeLessThan(0.1);
    groups.limit('behind', free);
    expect(await shareOfBehind()).toBeGreaterThan(0.3);
    expect(await groups.background(first.pid!)).toBe(true);
    expect(await shareOfBehind()).toBeGreaterThan(0.9);
    await groups.join('first', first.pid!);
    expect(groups.holds('first', first.pid!)).toBe(true);
    // Who is in no group of ours goes first, too: the platform's processes are not.
    groups.standBack('behind', true);
    const parent = dirname(groups.joinFiles('')[0]);
    writeFileSync(join(dirname(parent), 'cgroup.procs'), `${first.pid}`);
    expect(await shareOfBehind()).toBeLessThan(0.1);
    for (const child of [first, behind]) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }, 20_000);

  it('gives whoever comes forward again the weight that he had', () => {
    groups.limit('moved', { ...limits, cpuWeight: 7_000 });
    const [file] = groups
      .joinFiles('moved')
      .map((path) => join(dirname(path), 'cpu.shares'))
      .filter(existsSync);
    const before = readFileSync(file, 'utf8');
    groups.standBack('moved', true);
    groups.standBack('moved', false);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('raises and lowers memory in an order that the kernel takes', () => {
    for (const memoryMb of [64, 512, null, 32, 256]) {
      expect(() => groups.limit('moved', { ...limits, memoryMb })).not.toThrow();
    }
  });
});
