import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesToHex, type Hex } from '@flotilla/common';
import type { PreparedWorkload } from '../workloads/workload.js';
import type { Cast } from './accounts.js';
import { planLanes } from './lanes.js';
import { pruneFolder } from './prune-folder.js';
import { signCall } from './sign.js';

export interface LoadOptions {
  readonly chainId: number;
  readonly transactions: number;
  readonly connections: number;
  /** Transactions of the same plan that went before; both numbers divide by the connections then. */
  readonly skip?: number;
}

/** Signed transactions as hex, one list per connection, in the order they are sent. */
export type SignedLoad = readonly (readonly Hex[])[];

const CACHE = join(tmpdir(), 'flotilla-bench-loads');
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;

/** Signs ahead of the clock, and keeps the result: a second run of the same load need not sign again. */
export async function signedLoad(
  workload: PreparedWorkload,
  cast: Cast,
  options: LoadOptions,
): Promise<SignedLoad> {
  const file = join(CACHE, `${digestOf(workload, cast, options)}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const load = await signLoad(workload, cast, options);
  mkdirSync(CACHE, { recursive: true });
  pruneFolder(CACHE, Date.now() - KEPT_MS);
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(load));
  renameSync(`${file}.${process.pid}`, file);
  return load;
}

export async function signLoad(
  workload: PreparedWorkload,
  cast: Cast,
  { chainId, transactions, connections, skip = 0 }: LoadOptions,
): Promise<SignedLoad> {
  const usedNonces = cast.senders.map(
    (_, sender) => workload.setup.flat().filter(({ from }) => from === sender).length,
  );
  const lanes = planLanes(transactions, cast.senders.length, connections);
  const first = skip / lanes.length;
  const load: Hex[][] = [];
  for (const lane of lanes) {
    // Sampling goes on meanwhile.
    await nextTurn();
    load.push(
      Array.from({ length: lane.transactions }, (_, i) => {
        const sender = lane.senders[(first + i) % lane.senders.length];
        const n = Math.floor((first + i) / lane.senders.length);
        const { privateKey } = cast.senders[sender];
        const nonce = usedNonces[sender] + n;
        return bytesToHex(signCall(workload.call(sender, n), { chainId, nonce, privateKey }));
      }),
    );
  }
  return load;
}

/** Everything that the load depends on, the contracts' code included. */
function digestOf(workload: PreparedWorkload, cast: Cast, options: LoadOptions): string {
  const samples = cast.senders.map((_, sender) => [
    workload.call(sender, 0),
    workload.call(sender, 1),
  ]);
  const text = JSON.stringify([options, cast.mnemonic, workload.setup, samples], (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
