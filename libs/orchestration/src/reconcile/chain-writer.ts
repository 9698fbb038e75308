import type { Chain, ChainChange, ChainEvent } from '../chain/chain.js';
import type { ChainRepository } from '../ports.js';
import type { ChainPhase, ConditionType, ReconciledStatus } from '../status/chain-status.js';
import { type ConditionChange, dropCondition, setCondition } from '../status/conditions.js';

/**
 * One pass over one chain: holds the row as last written and writes only what differs, each change
 * of phase or condition with its event; so has a generation that was reached within a phase.
 */
export class ChainWriter {
  #chain: Chain;
  readonly #chains: ChainRepository;
  readonly #now: () => number;

  constructor(chain: Chain, modules: { chains: ChainRepository; now: () => number }) {
    this.#chain = chain;
    this.#chains = modules.chains;
    this.#now = modules.now;
  }

  get chain(): Chain {
    return this.#chain;
  }

  /** @throws OrchestrationError `VERSION_CONFLICT`, `CHAIN_ID_TAKEN` */
  async write(change: ChainChange, events: readonly ChainEvent[] = []): Promise<void> {
    this.#chain = await this.#chains.update(this.#chain, change, events);
  }

  /** Writes the status if it differs from the row's. */
  async setStatus(change: Partial<ReconciledStatus>, more: ChainChange = {}): Promise<void> {
    const before = this.#chain.status;
    const status: ReconciledStatus = { ...before, ...change };
    const observedGeneration = more.observedGeneration ?? this.#chain.observedGeneration;
    const same =
      JSON.stringify(status) === JSON.stringify(before) &&
      observedGeneration === this.#chain.observedGeneration &&
      Object.keys(more).every((key) => key === 'observedGeneration');
    if (same) return;
    const events = statusEvents(before, status);
    if (observedGeneration > this.#chain.observedGeneration && before.phase === status.phase) {
      events.push({ type: 'chain.settled', data: { generation: observedGeneration } });
    }
    await this.write({ ...more, status, observedGeneration }, events);
  }

  /** Conditions after the change; pass them to `setStatus`. */
  conditions(...changes: ConditionChange[]): ReconciledStatus['conditions'] {
    return changes.reduce(
      (list, change) => setCondition(list, change, this.#now()),
      this.#chain.status.conditions,
    );
  }

  without(type: ConditionType): ReconciledStatus['conditions'] {
    return dropCondition(this.#chain.status.conditions, type);
  }

  /** The phase reached for the row's current generation. */
  async settle(phase: ChainPhase, change: Partial<ReconciledStatus> = {}): Promise<void> {
    await this.setStatus({ ...change, phase }, { observedGeneration: this.#chain.generation });
  }
}

function statusEvents(before: ReconciledStatus, after: ReconciledStatus): ChainEvent[] {
  const events: ChainEvent[] = [];
  if (before.phase !== after.phase || before.failure?.code !== after.failure?.code) {
    events.push({
      type: 'chain.phase',
      data: { from: before.phase, to: after.phase, failure: after.failure },
    });
  }
  if (after.restarts > before.restarts) {
    events.push({ type: 'chain.restarted', data: { restarts: after.restarts } });
  }
  for (const condition of after.conditions) {
    const earlier = before.conditions.find((c) => c.type === condition.type);
    if (earlier?.status !== condition.status || earlier.reason !== condition.reason) {
      const { type, status, reason, message } = condition;
      events.push({ type: 'chain.condition', data: { type, status, reason, message } });
    }
  }
  return events;
}
