import { join } from 'node:path';
import { makeGroup, readKernelFile, writeKernelFile } from './kernel-files.js';

/** The leaf in which the platform's own processes are, beside the chains' groups. */
export const PLATFORM_GROUP = 'flotilla-platform';
const PLATFORM_CPU_WEIGHT = 400;

/**
 * Moves this process into a leaf of its own scope, so that the scope may hand its controllers on to the chains: a group
 * of version 2 holds processes or groups, not both. Does nothing unless the scope was delegated to us and nobody else is
 * in it: what others started is never moved. True when this process is in the leaf now.
 */
export function enterPlatformGroup(
  options: { readonly procSelf?: string; readonly mount?: string; readonly pid?: number } = {},
): boolean {
  const { procSelf = '/proc/self', mount = '/sys/fs/cgroup', pid = process.pid } = options;
  const path = /^0::(.*)$/m.exec(readKernelFile(join(procSelf, 'cgroup')) ?? '')?.[1];
  if (path === undefined) return false;
  const scope = join(mount, path);
  const present = readKernelFile(join(scope, 'cgroup.controllers'))?.split(' ') ?? [];
  if (!['cpu', 'memory', 'pids'].every((controller) => present.includes(controller))) return false;
  if (readKernelFile(join(scope, 'cgroup.procs')) !== `${pid}`) return false;
  const leaf = join(scope, PLATFORM_GROUP);
  try {
    makeGroup(leaf);
    writeKernelFile(join(leaf, 'cgroup.procs'), `${pid}`);
    writeKernelFile(join(scope, 'cgroup.subtree_control'), '+cpu');
    writeKernelFile(join(leaf, 'cpu.weight'), `${PLATFORM_CPU_WEIGHT}`);
    return true;
  } catch {
    // Not ours after all: the chains go without.
    return false;
  }
}
