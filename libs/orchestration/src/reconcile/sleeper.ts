import type { NodeRest } from '../ports.js';
import type { InstanceStatus } from '../runtime/runtime-driver.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules, ReconcilerOptions } from './modules.js';
import { hasCondition, stopped } from './status-parts.js';
import type { Outcome, Supervisor } from './supervise.js';

interface Farewell {
  readonly generation: number;
  /** When we first tried to put it to sleep. */
  readonly since: number;
  /** When gateways were told; requests that were on their way then get their answer. */
  toldAt: number | undefined;
}

const POLL_MS = 100;

/**
 * Puts a chain to sleep so that no request meets a closed door: first the root knows, then the gateways (which hold what
 * comes and ask to wake it), and only then, when nothing is under way any more, does the process end.
 */
export class Sleeper {
  readonly #farewells = new Map<string, Farewell>();

  constructor(
    readonly options: ReconcilerOptions,
    readonly modules: ReconcilerModules,
    readonly supervisor: Supervisor,
  ) {}

  async sleep(writer: ChainWriter): Promise<Outcome> {
    const { driver, folders } = this.modules;
    const instance = await driver.inspect(folders.instance(writer.chain));
    const isAlive = instance.state === 'running' || instance.state === 'starting';
    if (isAlive) {
      const waitMs = await this.#sayFarewell(writer, instance);
      if (waitMs > 0) return { requeueAfterMs: waitMs };
      await this.supervisor.stop(writer);
    }
    this.forget(writer.chain.id);
    const { asleep } = writer.chain.status;
    await writer.settle('Sleeping', {
      ...stopped(writer, 'ASLEEP', 'Asleep: the first request wakes it.'),
      asleep: asleep ?? { since: this.#now(), latestBlock: null, gasPrice: null },
    });
    return {};
  }

  forget(id: string): void {
    this.#farewells.delete(id);
  }

  /** How long to wait before the process may end; 0: now. */
  async #sayFarewell(writer: ChainWriter, instance: InstanceStatus): Promise<number> {
    const { clock, rest } = this.modules;
    const farewell = this.#farewell(writer);
    const state = await rest.ask(writer.chain, instance);
    const isDone = this.#isDone(writer, farewell, state);
    // A chain in use never gets done: what comes next is held, and wakes it again before anything ends.
    const isOverdue = clock.now() - farewell.since >= this.options.drowsyMs;
    if (!isDone && !isOverdue) return POLL_MS;
    await this.#tell(writer, state);
    farewell.toldAt ??= clock.now();
    const lingersMs = farewell.toldAt + this.options.lingerMs - clock.now();
    return Math.max(isDone ? 0 : POLL_MS, lingersMs);
  }

  #isDone(writer: ChainWriter, farewell: Farewell, { isQuiet, isAnchored }: NodeRest): boolean {
    if (isQuiet && (isAnchored || hasCondition(writer.chain, 'Tampered'))) return true;
    const { clock, logger } = this.modules;
    if (clock.now() - farewell.since < this.options.settleMs) return false;
    const { name } = writer.chain;
    logger.warn('goes to sleep with something that is not anchored', { chain: name, isQuiet });
    return true;
  }

  /** Again when there is a newer block: gateways answer for the chain with what they are told here. */
  async #tell(writer: ChainWriter, { latestBlock, gasPrice }: NodeRest): Promise<void> {
    const { asleep } = writer.chain.status;
    await writer.setStatus({
      phase: 'Sleeping',
      nodeRpcUrl: null,
      nodeWsUrl: null,
      asleep: {
        since: asleep?.since ?? this.#now(),
        latestBlock: latestBlock ?? asleep?.latestBlock ?? null,
        gasPrice: gasPrice ?? asleep?.gasPrice ?? null,
      },
    });
  }

  #farewell({ chain: { id, generation } }: ChainWriter): Farewell {
    const known = this.#farewells.get(id);
    if (known?.generation === generation) return known;
    const farewell = { generation, since: this.modules.clock.now(), toldAt: undefined };
    this.#farewells.set(id, farewell);
    return farewell;
  }

  #now(): string {
    return new Date(this.modules.clock.now()).toISOString();
  }
}
