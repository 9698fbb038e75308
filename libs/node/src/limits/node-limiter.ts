import type { Blockchain } from '@flotilla/chain';
import type { Clock, Logger } from '@flotilla/common';
import type { Heartbeat, NodeLimits } from '@flotilla/messaging';
import type { LogBudget } from '@flotilla/platform';
import type { DrainGate } from '../rpc/drain-gate.js';
import type { DiskGuard } from './disk-guard.js';
import { type Grant, IntakeMeter } from './intake-meter.js';
import type { LimitHits } from './limit-hits.js';
import { poolLimits } from './limits-of-parts.js';

export interface NodeLimiterModules {
  readonly chain: Blockchain;
  readonly gate: Pick<DrainGate, 'check'>;
  readonly disk: DiskGuard;
  readonly hits: LimitHits;
  readonly logBudget: LogBudget | undefined;
  /** Brings them to the thread that serves. */
  readonly serve: (limits: NodeLimits) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything by which a node keeps to its chain's limits, in one place: changed together, while it runs. */
export class NodeLimiter {
  readonly #modules: NodeLimiterModules;
  readonly #meter: IntakeMeter;

  constructor(limits: NodeLimits, modules: NodeLimiterModules) {
    const { chain, disk } = modules;
    this.#modules = modules;
    this.#meter = new IntakeMeter(limits, modules);
    chain.events.on('block', ({ block }) => {
      this.#meter.mined(Number(block.header.gasUsed));
      disk.measure();
    });
  }

  /** How many of so many transactions may come in now. */
  admit(count: number): Grant {
    const { gate, disk } = this.#modules;
    try {
      gate.check();
      disk.checkIntake(count);
    } catch (error) {
      return { granted: 0, error };
    }
    return this.#meter.admit(count);
  }

  /** @throws RpcError `SERVER_BUSY`, `LIMIT_EXCEEDED`; ChainError `DISK_FULL` when not even one may */
  admitOne(): void {
    const { granted, error } = this.admit(1);
    if (granted === 0) throw error;
  }

  limit(limits: NodeLimits): void {
    const { chain, disk, logBudget, serve, logger } = this.#modules;
    this.#meter.limit(limits);
    disk.limit(limits.diskMb);
    logBudget?.limit(limits.logKbPerSecond);
    chain.limitPool(poolLimits(limits));
    serve(limits);
    logger.info('limits changed', { ...limits });
  }

  status(): Pick<Heartbeat, 'disk' | 'limitHits'> {
    const { disk, hits, logBudget } = this.#modules;
    disk.measure();
    const droppedLines = logBudget?.droppedLines ?? 0;
    return {
      disk: { bytes: disk.bytes, full: disk.isFull },
      limitHits: { ...hits.all(), ...(droppedLines > 0 && { logKbPerSecond: droppedLines }) },
    };
  }
}
