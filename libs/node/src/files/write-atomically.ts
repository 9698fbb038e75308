import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface WriteOptions {
  /** Permissions. Default 0644. */
  readonly mode?: number;
  /** Wait until the content is on disk (a crash of the machine can't undo it). Default true. */
  readonly durable?: boolean;
}

/** Replaces a file so that readers, and whoever comes after a crash, see the old or the new content and never a part. */
export function writeAtomically(file: string, content: string, options: WriteOptions = {}): void {
  const { mode = 0o644, durable = true } = options;
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = openSync(temporary, 'w', mode);
  try {
    writeSync(handle, content);
    if (durable) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
  if (durable) syncFolder(dirname(file));
}

/** A rename is durable once its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
