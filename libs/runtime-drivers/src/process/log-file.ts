import {
  closeSync,
  copyFileSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';

/** A log never takes more than twice this, in bytes: the file and its one predecessor. */
export const MAX_LOG_BYTES = 16 * 1024 * 1024;

const READ_CHUNK_BYTES = 64 * 1024;
const MAX_TAIL_BYTES = 4 * 1024 * 1024;

const predecessor = (file: string) => `${file}.1`;

/** Appends: several writers, and a truncation meanwhile, do no harm. The caller closes the descriptor. */
export function openLog(file: string, maxBytes = MAX_LOG_BYTES): number {
  if (sizeOf(file) > maxBytes) renameSync(file, predecessor(file));
  return openSync(file, 'a', 0o600);
}

/**
 * Caps a log that a process is writing to: copies it aside and empties it in place, since the writer holds the
 * file open. Lines written between the two steps are lost. True when it did.
 */
export function capLog(file: string, maxBytes = MAX_LOG_BYTES): boolean {
  if (sizeOf(file) <= maxBytes) return false;
  try {
    copyFileSync(file, predecessor(file));
  } catch {
    // A full disk must not keep the log growing.
    rmSync(predecessor(file), { force: true });
  }
  truncateSync(file, 0);
  return true;
}

/** The newest lines, oldest first, reaching into the predecessor if need be. */
export function tailLog(file: string, lines: number): string[] {
  const newest = tailOfFile(file, lines);
  if (newest.length >= lines) return newest;
  return [...tailOfFile(predecessor(file), lines - newest.length), ...newest];
}

function tailOfFile(file: string, lines: number): string[] {
  if (lines <= 0) return [];
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    return readBackwards(descriptor, sizeOf(file), lines);
  } finally {
    closeSync(descriptor);
  }
}

function readBackwards(descriptor: number, size: number, lines: number): string[] {
  const chunks: Buffer[] = [];
  let newlines = 0;
  let at = size;
  while (at > 0 && newlines <= lines && size - at < MAX_TAIL_BYTES) {
    const length = Math.min(READ_CHUNK_BYTES, at);
    at -= length;
    const chunk = Buffer.alloc(length);
    readSync(descriptor, chunk, 0, length, at);
    for (const byte of chunk) if (byte === 10) newlines++;
    chunks.unshift(chunk);
  }
  const all = Buffer.concat(chunks).toString('utf8').split('\n');
  if (all.at(-1) === '') all.pop();
  // The first line may have been cut by where reading stopped.
  if (at > 0 && all.length > lines) all.shift();
  return all.slice(-lines);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
