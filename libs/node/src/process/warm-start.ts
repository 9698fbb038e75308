import { closeSync, openSync, writeSync } from 'node:fs';
import { addressOfKey } from '@flotilla/anchoring';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { ExitCode, NodeError, NodeErrorCode } from '../errors.js';
import type { SpawnThread } from '../threads/thread.js';
import { PreparedThreads } from '../threads/worker-threads.js';

/** What a node that was started ahead is told, as one line of JSON on its standard input. */
const assignmentSchema = z.strictObject({
  /** Absolute; everything else lies there. */
  folder: z.string(),
  /** Output is appended to it from here on. */
  logFile: z.string().optional(),
});

/** Where readiness is told, if our starter listens. */
const READY_FD = 3;
const [STDOUT, STDERR] = [1, 2];

@Module({})
class NothingModule {}

/**
 * Does everything that needs no chain, then waits for one. Ends the process when it is not wanted any more.
 * @throws NodeError `NODE_CONFIG_INVALID`
 */
export async function becomeAssigned(): Promise<{ folder: string; spawnThread: SpawnThread }> {
  const line = firstLine(process.stdin);
  const threads = new PreparedThreads();
  await threads.prepare('ingress');
  // Nest and the curves set themselves up at their first use.
  addressOfKey(new Uint8Array(32).fill(1));
  const rehearsal = await NestFactory.createApplicationContext(NothingModule, { logger: false });
  await rehearsal.close();
  tellReady();
  const text = await line;
  if (text === undefined) process.exit(ExitCode.Clean);
  const { folder, logFile } = parseAssignment(text);
  if (logFile !== undefined) redirectOutput(logFile);
  process.chdir(folder);
  return { folder, spawnThread: threads.spawn };
}

function parseAssignment(text: string): z.output<typeof assignmentSchema> {
  try {
    return assignmentSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NodeError(NodeErrorCode.InvalidConfig, `not an assignment: ${String(cause)}`, {
      cause,
    });
  }
}

/** Undefined when the stream ends before. */
function firstLine(stream: NodeJS.ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      stream.destroy();
      resolve(text.slice(0, end));
    });
    stream.once('end', () => resolve(undefined));
  });
}

function tellReady(): void {
  try {
    writeSync(READY_FD, 'ready\n');
    closeSync(READY_FD);
  } catch {
    // Nobody listens.
  }
}

/** A new file takes the lowest free descriptor: the one just closed, so that native code writes there, too. */
function redirectOutput(file: string): void {
  for (const descriptor of [STDOUT, STDERR]) {
    closeSync(descriptor);
    const opened = openSync(file, 'a', 0o600);
    if (opened === descriptor) continue;
    throw new NodeError(NodeErrorCode.InvalidConfig, `output went to descriptor ${opened}`);
  }
}
