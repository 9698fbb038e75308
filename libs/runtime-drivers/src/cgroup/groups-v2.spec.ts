import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectGroups } from './detect-groups.js';
import { GroupsV2 } from './groups-v2.js';
import { enterPlatformGroup, PLATFORM_GROUP } from './platform-group.js';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-cgroupfs-'));
let serial = 0;

const limits = { cpuPercent: 50, cpuWeight: 100, memoryMb: 512, pids: 128, ioWeight: 200 };

/** A folder that looks like a delegated group of the kernel's. */
function cgroupfs(controllers = 'cpuset cpu io memory hugetlb pids'): string {
  const root = join(folder, `${++serial}`);
  mkdirSync(root);
  writeFileSync(join(root, 'cgroup.controllers'), `${controllers}\n`);
  writeFileSync(join(root, 'cgroup.procs'), '');
  writeFileSync(join(root, 'cgroup.subtree_control'), '');
  return root;
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('GroupsV2', () => {
  it('hands controllers on and writes limits by the kernel`s protocol', () => {
    const root = cgroupfs();
    const groups = new GroupsV2({ root, parent: 'chains', totalMemoryMb: 1_000 });
    expect(groups.controllers).toEqual(['cpu', 'memory', 'pids', 'io']);
    // The fake keeps the last write only; the kernel adds up.
    expect(read(root, 'cgroup.subtree_control')).toBe('+io');
    expect(read(root, 'chains', 'memory.max')).toBe('1048576000');
    groups.limit('shop', limits);
    const group = join(root, 'chains', 'shop');
    expect(read(group, 'cpu.max')).toBe('25000 50000');
    expect(read(group, 'cpu.weight')).toBe('100');
    expect(read(group, 'memory.max')).toBe(`${512 * 1024 * 1024}`);
    expect(read(group, 'memory.swap.max')).toBe('0');
    expect(read(group, 'memory.oom.group')).toBe('1');
    expect(read(group, 'pids.max')).toBe('128');
    expect(read(group, 'io.weight')).toBe('default 200');
  });

  it('lifts limits while the group runs', () => {
    const root = cgroupfs();
    const groups = new GroupsV2({ root, parent: 'chains' });
    groups.limit('shop', limits);
    groups.limit('shop', { ...limits, cpuPercent: null, memoryMb: null, pids: null });
    const group = join(root, 'chains', 'shop');
    expect(read(group, 'cpu.max')).toBe('max 50000');
    expect(read(group, 'memory.max')).toBe('max');
    expect(read(group, 'pids.max')).toBe('max');
  });

  it('lets a group use what was left of the turn before, where the kernel can', () => {
    const root = cgroupfs();
    const groups = new GroupsV2({ root, parent: 'chains' });
    const group = join(root, 'chains', 'shop');
    groups.limit('shop', limits);
    expect(existsSync(join(group, 'cpu.max.burst'))).toBe(false);
    writeFileSync(join(group, 'cpu.max.burst'), '0');
    groups.limit('shop', limits);
    expect(read(group, 'cpu.max.burst')).toBe('25000');
    groups.limit('shop', { ...limits, cpuPercent: null });
    expect(read(group, 'cpu.max.burst')).toBe('0');
  });

  it('makes a group stand back where the kernel can, and its limits bring it forward', async () => {
    const root = cgroupfs();
    const groups = new GroupsV2({ root, parent: 'chains' });
    const group = join(root, 'chains', 'shop');
    groups.limit('shop', limits);
    expect(groups.standBack('shop', true)).toBe(false);
    expect(await groups.background(4711)).toBe(false);
    writeFileSync(join(group, 'cpu.idle'), '0');
    expect(groups.standBack('shop', true)).toBe(true);
    expect(read(group, 'cpu.idle')).toBe('1');
    // As the kernel does then.
    writeFileSync(join(group, 'cpu.weight'), '0');
    groups.standBack('shop', false);
    expect(read(group, 'cpu.weight')).toBe(`${limits.cpuWeight}`);
    groups.standBack('shop', true);
    groups.limit('shop', limits);
    expect(read(group, 'cpu.idle')).toBe('0');
    writeFileSync(join(root, 'chains', 'background', 'cpu.idle'), '0');
    expect(await groups.background(4711)).toBe(true);
    expect(read(root, 'chains', 'background', 'cgroup.procs')).toBe('4711');
  });

  it('moves only the process that is named, and says what the group uses', async () => {
    const root = cgroupfs();
    const groups = new GroupsV2({ root, parent: 'chains' });
    groups.limit('shop', limits);
    await groups.join('shop', 4711);
    expect(groups.joinFiles('shop')).toEqual([join(root, 'chains', 'shop', 'cgroup.procs')]);
    expect(groups.holds('shop', 4711)).toBe(true);
    expect(groups.holds('shop', 471)).toBe(false);
    const group = join(root, 'chains', 'shop');
    writeFileSync(join(group, 'cpu.stat'), 'usage_usec 2500000\nthrottled_usec 500000\n');
    writeFileSync(join(group, 'memory.current'), '4096\n');
    writeFileSync(join(group, 'memory.events'), 'low 0\nmax 7\noom 1\noom_kill 1\n');
    expect(groups.usage('shop')).toEqual({
      cpuSeconds: 2.5,
      throttledSeconds: 0.5,
      memoryBytes: 4096,
      pids: undefined,
      oomKills: 1,
    });
    expect(groups.usage('other')).toBeUndefined();
  });

  it('goes without a controller that the host does not have', () => {
    const root = cgroupfs('cpu memory pids');
    const groups = new GroupsV2({ root, parent: 'chains' });
    groups.limit('shop', limits);
    expect(existsSync(join(root, 'chains', 'shop', 'io.weight'))).toBe(false);
  });

  it('leaves groups with something in them, and removes empty ones', () => {
    const root = cgroupfs();
    const groups = new GroupsV2({ root, parent: 'chains' });
    mkdirSync(join(root, 'chains', 'gone'));
    groups.limit('shop', limits);
    groups.sweep();
    expect(existsSync(join(root, 'chains', 'gone'))).toBe(false);
    expect(existsSync(join(root, 'chains', 'shop'))).toBe(true);
    expect(groups.remove('gone')).toBe(true);
    expect(groups.remove('shop')).toBe(false);
  });
});

describe('detection', () => {
  /** A /proc/self that says in which groups we are. */
  function procSelf(cgroup: string, mounts: string): string {
    const self = join(folder, `proc-${++serial}`);
    mkdirSync(self);
    writeFileSync(join(self, 'cgroup'), cgroup);
    writeFileSync(join(self, 'mountinfo'), mounts);
    return self;
  }

  it('uses the root that was named', () => {
    const { groups } = detectGroups({ root: cgroupfs(), parent: 'chains', procSelf: '/nowhere' });
    expect(groups?.version).toBe('v2');
  });

  it('says why a root that was named can`t be used', () => {
    const found = detectGroups({ root: cgroupfs('hugetlb'), parent: 'chains' });
    expect(found).toMatchObject({
      groups: undefined,
      reason: expect.stringMatching(/cpu, memory/),
    });
  });

  it('uses the scope above the platform`s leaf', () => {
    const mount = cgroupfs();
    mkdirSync(join(mount, PLATFORM_GROUP));
    const self = procSelf(
      `0::/${PLATFORM_GROUP}\n`,
      `30 1 0:26 / ${mount} rw - cgroup2 cgroup2 rw\n`,
    );
    const { groups } = detectGroups({ parent: 'chains', procSelf: self });
    expect(groups?.version).toBe('v2');
    expect(existsSync(join(mount, 'chains'))).toBe(true);
  });

  it('leaves a scope that is not delegated to us alone', () => {
    const mount = cgroupfs();
    const self = procSelf('0::/user.slice\n', `30 1 0:26 / ${mount} rw - cgroup2 cgroup2 rw\n`);
    const found = detectGroups({ parent: 'chains', procSelf: self });
    expect(found).toMatchObject({
      groups: undefined,
      reason: expect.stringMatching(/no control groups here/),
    });
    expect(existsSync(join(mount, 'chains'))).toBe(false);
  });

  it('finds the trees of version 1 below our own groups', () => {
    const names = ['cpu', 'memory', 'pids'];
    const trees = names.map((name) => ({ name, mount: cgroupfs() }));
    for (const { mount } of trees) mkdirSync(join(mount, 'ours'));
    const self = procSelf(
      trees.map(({ name }, at) => `${at}:${name}:/ours`).join('\n'),
      trees.map(({ name, mount }) => `3 1 0:2 / ${mount} rw - cgroup cgroup rw,${name}`).join('\n'),
    );
    const { groups } = detectGroups({ parent: 'chains', procSelf: self });
    expect(groups?.version).toBe('v1');
    expect(groups?.joinFiles('shop')).toEqual(
      // Those of the processor lie beside all other processes, to stand back behind them, too.
      ['chains-shop', 'chains/shop', 'chains/shop'].map((group, at) =>
        join(trees[at].mount, 'ours', group, 'cgroup.procs'),
      ),
    );
  });

  it('moves us into a leaf only when nobody else is in the scope', () => {
    const mount = cgroupfs();
    const self = procSelf('0::/\n', '');
    const enter = () => enterPlatformGroup({ procSelf: self, mount, pid: 99 });
    writeFileSync(join(mount, 'cgroup.procs'), '98\n99\n');
    expect(enter()).toBe(false);
    expect(existsSync(join(mount, PLATFORM_GROUP))).toBe(false);
    writeFileSync(join(mount, 'cgroup.procs'), '99\n');
    expect(enter()).toBe(true);
    expect(read(mount, PLATFORM_GROUP, 'cgroup.procs')).toBe('99');
  });
});
