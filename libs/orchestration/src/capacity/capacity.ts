import type { Chain } from '../chain/chain.js';
import { OrchestrationError, OrchestrationErrorCode } from '../errors.js';
import { chainLimits } from '../instances/chain-size.js';
import { followersOf } from '../instances/instances.js';
import type { ReservedShare } from '../spec/chain-limits.js';

/** What a machine has. */
export interface HostFacts {
  /** Thousandths of a core. */
  readonly cpuMillis: number;
  readonly memoryMb: number;
}

/** What of it the chains may have promised to them. */
export type Capacity = ReservedShare;

export const NOTHING_RESERVED: ReservedShare = { cpuMillis: 0, memoryMb: 0 };

/** PostgreSQL, NATS, root, orchestrator and gateway keep a quarter of the processor … */
const PLATFORM_CPU_PART = 0.25;
/** … and so much memory, as part of the whole and at least in MB. */
const PLATFORM_MEMORY_PART = 0.15;
const PLATFORM_MEMORY_MIN_MB = 1_024;

/** The host's facts less the platform's share; what was set by hand wins. */
export function capacityOf(host: HostFacts, chosen: Partial<Capacity> = {}): Capacity {
  const platformMb = Math.max(PLATFORM_MEMORY_MIN_MB, host.memoryMb * PLATFORM_MEMORY_PART);
  return {
    cpuMillis: chosen.cpuMillis ?? Math.floor(host.cpuMillis * (1 - PLATFORM_CPU_PART)),
    memoryMb: chosen.memoryMb ?? Math.max(0, Math.floor(host.memoryMb - platformMb)),
  };
}

type Reserving = Pick<Chain, 'spec' | 'desired' | 'status'>;

/** Whether the chain holds its reservation: while its process is there, or is to be. */
export function isActive({ spec, desired, status }: Reserving): boolean {
  if (spec.runtime === 'external' || status.phase === 'Archived') return false;
  return desired === 'running' ? status.phase !== 'Failed' : isRunningStill(status.phase);
}

function isRunningStill(phase: Chain['status']['phase']): boolean {
  return phase === 'Running' || phase === 'Provisioning' || phase === 'Draining';
}

/** Each holds as much: those that are to be there, and those that are not gone yet. */
export function instancesOf(chain: Reserving): number {
  return Math.max(1 + followersOf(chain), chain.status.instances.length);
}

/** What all these chains have been promised. */
export function reservedBy(chains: Iterable<Reserving>): ReservedShare {
  let [cpuMillis, memoryMb] = [0, 0];
  for (const chain of chains) {
    if (!isActive(chain)) continue;
    const { reserved } = chainLimits(chain);
    const instances = instancesOf(chain);
    cpuMillis += instances * reserved.cpuMillis;
    memoryMb += instances * reserved.memoryMb;
  }
  return { cpuMillis, memoryMb };
}

/** What is missing for one more promise; undefined when it fits. Zero where only the other is short. */
export function shortage(
  capacity: Capacity,
  reserved: ReservedShare,
  wanted: ReservedShare,
): ReservedShare | undefined {
  const cpuMillis = Math.max(0, reserved.cpuMillis + wanted.cpuMillis - capacity.cpuMillis);
  const memoryMb = Math.max(0, reserved.memoryMb + wanted.memoryMb - capacity.memoryMb);
  return cpuMillis === 0 && memoryMb === 0 ? undefined : { cpuMillis, memoryMb };
}

/** What somebody reads who was refused: what is short, and what helps. */
export function noCapacity(short: ReservedShare, capacity: Capacity): OrchestrationError {
  return new OrchestrationError(
    OrchestrationErrorCode.NoCapacity,
    `this host has promised what it has: short of ${inWords(short, capacity)}; ` +
      'pause, delete or shrink another chain, ask for a smaller size, or raise FLOTILLA_CAPACITY_*',
    { data: { short, capacity }, retryable: true },
  );
}

/** The same where the host would be too small even if it had promised nothing to anybody. */
export function neverFits(short: ReservedShare, capacity: Capacity): OrchestrationError {
  return new OrchestrationError(
    OrchestrationErrorCode.NoCapacity,
    `this host is too small for it, whatever else it has promised: short of ${inWords(short, capacity)}; ` +
      'ask for a smaller size, or raise FLOTILLA_CAPACITY_*',
    { data: { short, capacity } },
  );
}

function inWords(short: ReservedShare, capacity: Capacity): string {
  const parts = [
    short.cpuMillis > 0 && `${short.cpuMillis} of ${capacity.cpuMillis} thousandths of a core`,
    short.memoryMb > 0 && `${short.memoryMb} of ${capacity.memoryMb} MB of memory`,
  ];
  return parts.filter((part) => part !== false).join(' and ');
}
