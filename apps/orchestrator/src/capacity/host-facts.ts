import { availableParallelism, totalmem } from 'node:os';
import type { HostFacts } from '@flotilla/orchestration';

const MB = 1024 * 1024;

/** This machine, or the part of it that a container may use. */
export function hostFacts(): HostFacts {
  const constrained = process.constrainedMemory();
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return { cpuMillis: availableParallelism() * 1_000, memoryMb: Math.floor(bytes / MB) };
}
