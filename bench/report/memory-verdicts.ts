import type { TableSize } from '@flotilla/store';
import type { LoadResult } from '../measure/round.js';
import { quarterMedians } from './statistics.js';
import { faultsOf } from './throughput-report.js';
import type { Verdict } from './verdict.js';

export interface MemoryRun {
  readonly transactions: number;
  readonly loads: readonly LoadResult[];
  /** Bytes of anonymous memory, once a second. */
  readonly samples: readonly number[];
  /** Undefined where the machine lets the driver make no memory cgroup. */
  readonly cgroup: { readonly limitBytes: number; readonly kills: number } | undefined;
  readonly survived: boolean;
  /** Undefined when the chain did not live to see the end. */
  readonly disk: DiskUse | undefined;
}

export interface DiskUse {
  readonly bytes: number;
  readonly tables: Readonly<Record<string, TableSize>>;
  /** After as many transactions again as a tenth of the run, all of them to what had been written before. */
  readonly tablesAfterRewriting: Readonly<Record<string, TableSize>>;
}

const MAX_BYTES = 400e6;
const FLAT = 1.1;
/** Tables that hold the latest state; the others hold history and blocks, which do grow. */
const STATE_TABLES = ['accounts', 'slots', 'codes', 'trie'];
/** A tree of pages is filled a little differently each time. */
const MAX_STATE_GROWTH = 1.05;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export function memoryVerdicts(run: MemoryRun): Verdict[] {
  const peak = Math.max(...run.samples);
  const [, , third, last] = quarterMedians(run.samples);
  const faults = run.loads.flatMap(faultsOf);
  const limit = run.cgroup && `${run.cgroup.limitBytes / 2 ** 20} MiB`;
  return [
    {
      promise: `${run.transactions} transactions, each mined once`,
      measured: faults.length === 0 ? 'all' : faults.join(', '),
      holds: faults.length === 0,
    },
    {
      promise: 'anonymous memory stays under 400 MB',
      measured: `peak ${megabytes(peak)}`,
      holds: peak < MAX_BYTES,
    },
    {
      promise: 'and is flat over the second half',
      measured: `third quarter ${megabytes(third)}, last ${megabytes(last)}`,
      holds: last <= FLAT * third,
    },
    {
      promise: `the chain lives in a memory cgroup of ${limit ?? '512 MiB'}`,
      measured:
        limit === undefined ? 'no cgroup could be made here' : `${run.cgroup?.kills} times killed`,
      holds: run.survived && (run.cgroup?.kills ?? 0) === 0,
    },
    ...diskVerdicts(run),
  ];
}

function diskVerdicts({ disk, transactions }: MemoryRun): Verdict[] {
  if (disk === undefined) {
    return [{ promise: 'the run comes to its end', measured: 'the chain died', holds: false }];
  }
  const before = stateSize(disk.tables);
  const after = stateSize(disk.tablesAfterRewriting);
  return [
    {
      promise: 'disk per transaction',
      measured: `${Math.round(disk.bytes / transactions)} bytes`,
      holds: true,
    },
    {
      promise: 'rewriting the same slots does not grow the state',
      measured: `${before.entries} records of ${megabytes(before.bytes)} before, ${after.entries} of ${megabytes(after.bytes)} after`,
      holds:
        after.entries <= MAX_STATE_GROWTH * before.entries &&
        after.bytes <= MAX_STATE_GROWTH * before.bytes,
    },
  ];
}

function stateSize(tables: DiskUse['tables']): TableSize {
  const sizes = STATE_TABLES.map((table) => tables[table]);
  return {
    entries: sizes.reduce((sum, size) => sum + size.entries, 0),
    bytes: sizes.reduce((sum, size) => sum + size.bytes, 0),
  };
}
