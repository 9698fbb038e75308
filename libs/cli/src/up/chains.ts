import { existsSync, readdirSync } from 'node:fs';
import { type Clock, sleep } from '@flotilla/common';
import {
  aliveInstances,
  detectGroups,
  groupParentOf,
  type ProcessIdentity,
  stopProcess,
} from '@flotilla/runtime-drivers';
import type { Home } from './state/home.js';

const GRACE_MS = 20_000;
/** How long to wait until nobody is left in the control groups, and how often to look. */
const EMPTY_MS = 2_000;
const EMPTY_POLL_MS = 50;

/** Every micro chain's process of this home, by the files that its driver and its node keep. */
export function runningChains(home: Home): ProcessIdentity[] {
  const first = foldersIn(home, 'chains');
  const others = foldersIn(home, 'replicas').flatMap((chain) => foldersIn(home, ...chain));
  return [...first, ...others].flatMap((path) => aliveInstances(home.file(...path)));
}

function foldersIn(home: Home, ...path: readonly string[]): string[][] {
  const folder = home.file(...path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [...path, name]);
}

/** Ends them all, at once; to be called when the orchestrator, which would start them again, is gone. */
export async function stopChains(
  home: Home,
  clock: Clock,
  options: { readonly force: boolean },
): Promise<void> {
  const how = options.force
    ? ({ signal: 'SIGKILL', graceMs: 1_000 } as const)
    : { graceMs: GRACE_MS };
  await Promise.all(runningChains(home).map((identity) => stopProcess(identity, how, clock)));
}

/** The chains' control groups. Nodes that were started ahead end a moment after the orchestrator, whose pipe they hold. */
export async function removeGroups(
  home: Home,
  root: string | undefined,
  clock: Clock,
): Promise<void> {
  const parent = groupParentOf(home.path);
  const { groups } = detectGroups({ parent, ...(root !== undefined && { root }) });
  if (groups === undefined) return;
  for (let waited = 0; !groups.end() && waited < EMPTY_MS; waited += EMPTY_POLL_MS) {
    await sleep(clock, EMPTY_POLL_MS);
  }
}
