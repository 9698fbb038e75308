import { execFile } from 'node:child_process';
import { UpError, UpErrorCode } from '../errors.js';

/**
 * Runs a program to its end and returns what it printed.
 * @throws UpError `PROGRAM_FAILED` with the end of its error output
 */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly uid?: number; readonly gid?: number; readonly input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { input, ...identity } = options;
    const limits = { ...identity, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(file, args, limits, (cause, stdout, stderr) => {
      if (cause === null) resolve(stdout);
      else {
        const why = stderr.trim().split('\n').slice(-5).join('\n') || cause.message;
        reject(new UpError(UpErrorCode.ProgramFailed, `${file} failed: ${why}`, { cause }));
      }
    });
    // What it does not read is no failure of ours.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

export async function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  return runProgram(file, args).then(
    () => true,
    () => false,
  );
}
