import type { InstanceLimits } from '@flotilla/orchestration';

const HEAP_MB = 224;
/** The rest is for native memory, other threads and the page cache of the database. */
const HEAP_OF_MEMORY = 0.6;

/**
 * How much JavaScript's heap may hold, as an argument for Node: the same for every size, since all that a node keeps there is
 * bounded, and less where the process itself may have little. With the default (a share of the host's memory) V8 lets
 * garbage of a busy chain grow to a gigabyte before it looks. It can't be changed in a process that runs.
 */
export function heapArgument(limits?: InstanceLimits): string {
  const memoryMb = limits?.memoryMb ?? Number.POSITIVE_INFINITY;
  return `--max-old-space-size=${Math.min(HEAP_MB, Math.round(memoryMb * HEAP_OF_MEMORY))}`;
}
