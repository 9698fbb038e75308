import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { RuntimeError, RuntimeErrorCode } from '../errors.js';
import { openLog } from './log-file.js';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';

export interface DetachedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the program; nothing is inherited. */
  readonly environment: NodeJS.ProcessEnv;
  /** Its standard output and error are appended here. */
  readonly logFile: string;
  /** To run as somebody else; only root may. */
  readonly uid?: number;
  readonly gid?: number;
  /** Into each of these it writes its pid before the program begins: the control groups that it is to be in. */
  readonly joinFiles?: readonly string[];
}

export interface ProcessExit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

export interface DetachedProcess extends ProcessIdentity {
  /** Resolves when it ends, as long as its starter lives. */
  readonly exited: Promise<ProcessExit>;
}

export function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined }),
    );
  });
}

/**
 * Starts a program in a session of its own, tied to nothing of ours: it goes on when we die, and a Ctrl-C in
 * our terminal does not reach it. @throws RuntimeError `SPAWN_FAILED`
 */
export async function spawnDetached(program: DetachedProgram): Promise<DetachedProcess> {
  const log = openLog(program.logFile);
  try {
    const { command, args } = joining(program);
    const child = spawn(command, args, {
      cwd: program.cwd,
      env: program.environment,
      detached: true,
      stdio: ['ignore', log, log],
      ...(program.uid === undefined ? {} : { uid: program.uid }),
      ...(program.gid === undefined ? {} : { gid: program.gid }),
    });
    const exited = exitOf(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const pid = child.pid as number;
    // A program that ended at once has no start time any more; its exit is still reported.
    return { ...(identifyProcess(pid) ?? { pid, startTime: 'ended' }), exited };
  } catch (cause) {
    throw new RuntimeError(RuntimeErrorCode.SpawnFailed, `cannot start ${program.command}`, {
      cause,
      retryable: true,
    });
  } finally {
    closeSync(log);
  }
}

/** A shell joins and then becomes the program: same process, same pid. Who can't join goes on without. */
const JOIN =
  'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1" || :; shift; n=$((n-1)); done; exec "$@"';

function joining({ command, args, joinFiles = [] }: DetachedProgram) {
  if (joinFiles.length === 0) return { command, args: [...args] };
  const count = `${joinFiles.length}`;
  return { command: '/bin/sh', args: ['-c', JOIN, 'join', count, ...joinFiles, command, ...args] };
}
