import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ControlGroups } from './control-groups.js';
import { GroupsV1, V1_CONTROLLERS, type V1Controller } from './groups-v1.js';
import { GroupsV2 } from './groups-v2.js';
import { readKernelFile } from './kernel-files.js';
import { PLATFORM_GROUP } from './platform-group.js';

/** Name of the parent group of a home's chains: two stacks on one machine don't meet. */
export function groupParentOf(home: string): string {
  return `flotilla-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
}

export interface GroupSearch {
  /** A group of version 2 that somebody has set aside for us (`FLOTILLA_CGROUP_ROOT`). */
  readonly root?: string;
  /** Name of our parent group: `groupParentOf` the home. */
  readonly parent: string;
  /** What all chains together may take, in MB. */
  readonly totalMemoryMb?: number;
  /** Where the kernel tells about this process; another folder in tests. */
  readonly procSelf?: string;
}

export type GroupsFound =
  | { readonly groups: ControlGroups }
  | { readonly groups: undefined; readonly reason: string };

/** One line of proc(5) mountinfo. */
interface Mount {
  /** The part of the hierarchy that is seen here. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly superOptions: readonly string[];
}

const LIMITING: readonly string[] = ['cpu', 'memory', 'pids'];

/**
 * The control groups that this process may use, or why there are none: a root that was named, the scope that was
 * delegated to us, or version 1.
 */
export function detectGroups(search: GroupSearch): GroupsFound {
  const { root, procSelf = '/proc/self' } = search;
  if (root !== undefined) return attempt(() => new GroupsV2({ ...search, root: usable(root) }));
  const mounts = readMounts(procSelf);
  const own = ownGroups(procSelf);
  const reasons: string[] = [];
  const scope = delegatedScope(mounts, own);
  if (scope !== undefined) {
    const found = attempt(() => new GroupsV2({ ...search, root: scope }));
    if (found.groups) return found;
    reasons.push(found.reason);
  }
  const roots = v1Roots(mounts, own);
  if (LIMITING.every((controller) => roots[controller as V1Controller] !== undefined)) {
    const found = attempt(() => new GroupsV1({ ...search, roots }));
    if (found.groups) return found;
    reasons.push(found.reason);
  }
  const none =
    'no control groups here that may be used: no delegated scope, no FLOTILLA_CGROUP_ROOT';
  return { groups: undefined, reason: reasons.join('; ') || none };
}

function attempt(make: () => ControlGroups): GroupsFound {
  try {
    const groups = make();
    groups.sweep();
    return { groups };
  } catch (error) {
    return { groups: undefined, reason: (error as Error).message };
  }
}

/** @throws Error naming what is wrong with it */
function usable(root: string): string {
  if (controllersOf(root).length > 0) return root;
  throw new TypeError(`${root} is no control group with cpu, memory and pids`);
}

function controllersOf(folder: string): string[] {
  const present = readKernelFile(join(folder, 'cgroup.controllers'))?.split(' ') ?? [];
  return LIMITING.every((each) => present.includes(each)) ? present : [];
}

/** The group above ours, when ours is the leaf that the platform has moved into. */
function delegatedScope(
  mounts: readonly Mount[],
  own: ReadonlyMap<string, string>,
): string | undefined {
  const mount = mounts.find(({ type }) => type === 'cgroup2');
  const path = own.get('');
  if (mount === undefined || path === undefined || basename(path) !== PLATFORM_GROUP) {
    return undefined;
  }
  const scope = dirname(join(mount.point, path));
  return controllersOf(scope).length > 0 ? scope : undefined;
}

function v1Roots(
  mounts: readonly Mount[],
  own: ReadonlyMap<string, string>,
): Partial<Record<V1Controller, string>> {
  const roots: Partial<Record<V1Controller, string>> = {};
  for (const controller of V1_CONTROLLERS) {
    const mount = mounts.find(
      ({ type, superOptions }) => type === 'cgroup' && superOptions.includes(controller),
    );
    const path = own.get(controller);
    if (mount === undefined || path === undefined) continue;
    const below = path.startsWith(mount.root) ? path.slice(mount.root.length) : path;
    const folder = join(mount.point, below);
    if (existsSync(folder)) roots[controller] = folder;
  }
  return roots;
}

function readMounts(procSelf: string): Mount[] {
  const text = readKernelFile(join(procSelf, 'mountinfo')) ?? '';
  return text.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    if (before === undefined || after === undefined) return [];
    const fields = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    return { root: fields[3], point: fields[4], type, superOptions: options.split(',') };
  });
}

/** This process's group in each hierarchy, by controller; version 2's under an empty name. */
function ownGroups(procSelf: string): Map<string, string> {
  const text = readKernelFile(join(procSelf, 'cgroup')) ?? '';
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return (controllers ?? '').split(',').map((each) => [each, path ?? ''] as const);
    }),
  );
}
