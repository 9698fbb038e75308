import { allDone } from '@flotilla/common';
import type { Chain, IdentifiedChain } from '../chain/chain.js';
import { OrchestrationError, OrchestrationErrorCode, TerminalError } from '../errors.js';
import { sizeOf } from '../instances/chain-size.js';
import { canonicalJson } from '../spec/canonical-json.js';
import { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules, ReconcilerOptions } from './modules.js';
import { identified, Provisioner } from './provision.js';
import { Registrar } from './registrar.js';
import { Sleeper } from './sleeper.js';
import { hasCondition, stopped } from './status-parts.js';
import { type Outcome, Supervisor } from './supervise.js';

/** How long a wake may take before the chain's phase says that it is under way, in milliseconds. */
const QUICK_WAKE_MS = 1_000;
/** How often a chain that serves is looked at until the root has it, in milliseconds. */
const REGISTRATION_POLL_MS = 250;

/**
 * Brings one chain from what is to what is asked, from whatever state it finds: it is given a key,
 * never an event, every step looks before it acts, and it may be cut off anywhere and run again.
 */
export class Reconciler {
  readonly #provisioner: Provisioner;
  readonly #registrar: Registrar;
  readonly #supervisor: Supervisor;
  readonly #sleeper: Sleeper;
  /** When a planned stop began to wait for the last checkpoint, by chain and generation. */
  readonly #settling = new Map<string, number>();
  /** The spec, with the size it has grown to, for which account and configuration were last brought about, by chain. */
  readonly #equipped = new Map<string, string>();

  constructor(
    readonly options: ReconcilerOptions,
    readonly modules: ReconcilerModules,
  ) {
    this.#provisioner = new Provisioner(modules);
    this.#registrar = new Registrar(modules);
    this.#supervisor = new Supervisor(options, modules);
    this.#sleeper = new Sleeper(options, modules, this.#supervisor);
  }

  /** @throws anything retryable: the caller backs off. What repeating can't help becomes phase `Failed`. */
  async reconcile(id: string): Promise<Outcome> {
    const chain = await this.modules.chains.get(id);
    if (!chain || chain.status.phase === 'Archived') {
      this.#supervisor.forget(id);
      this.#sleeper.forget(id);
      this.#registrar.forget(id);
      this.#equipped.delete(id);
      return {};
    }
    const { chains, clock } = this.modules;
    const writer = new ChainWriter(chain, { chains, now: () => clock.now() });
    try {
      return await this.#step(writer);
    } catch (error) {
      if (error instanceof TerminalError) return this.#fail(writer, error);
      // Somebody wrote the row meanwhile (a new spec, a pause): start over from what it says now.
      if (isVersionConflict(error)) return { requeueAfterMs: 0 };
      throw error;
    }
  }

  async #step(writer: ChainWriter): Promise<Outcome> {
    const { chain } = writer;
    if (chain.desired === 'archived') return this.#archive(writer);
    if (hasFailedForGood(chain)) return {};
    if (chain.desired === 'paused') return this.#pause(writer);
    if (chain.desired === 'sleeping') return this.#sleeper.sleep(writer);
    this.#sleeper.forget(chain.id);
    return this.#run(writer);
  }

  async #run(writer: ChainWriter): Promise<Outcome> {
    const { phase } = writer.chain.status;
    const isComing = phase === 'Running' || phase === 'Provisioning' || this.#isJustWaking(writer);
    await this.#provisioner.identify(
      writer,
      isComing ? {} : { phase: 'Provisioning', failure: null },
    );
    const chain = identified(writer.chain);
    if (chain.spec.runtime === 'external') {
      await this.#registrar.register(writer, chain);
      await writer.settle('Running');
      return {};
    }
    // Somebody else's id is never served, not for a moment. One that we drew was free just now.
    const isChosen = chain.spec.chainId !== undefined && chain.status.phase !== 'Running';
    const isFree = isChosen ? this.#registrar.assertFree(chain) : Promise.resolve();
    await allDone([isFree, this.#equip(writer)]);
    const { restartAskedAt } = chain.status;
    if (restartAskedAt) await this.#supervisor.stopOlderThan(writer, Date.parse(restartAskedAt));
    return this.#serve(writer, chain);
  }

  /** A chain serves as soon as it can; then it is registered, beside, and only its anchors wait for that. */
  async #serve(writer: ChainWriter, chain: IdentifiedChain): Promise<Outcome> {
    const outcome = await this.#supervisor.ensureServing(writer);
    if (writer.chain.status.phase !== 'Running') return outcome;
    this.#registrar.begin(chain);
    if (await this.#registrar.note(writer)) return outcome;
    const { requeueAfterMs = REGISTRATION_POLL_MS } = outcome;
    return { requeueAfterMs: Math.min(requeueAfterMs, REGISTRATION_POLL_MS) };
  }

  /** A wake that goes as it should writes the row once, at its end: each write costs somebody's request its time. */
  #isJustWaking({ chain: { status, updatedAt } }: ChainWriter): boolean {
    return status.phase === 'Sleeping' && this.modules.clock.now() - updatedAt < QUICK_WAKE_MS;
  }

  /**
   * Once for each spec in this process's life: where NATS or the root are may have changed while we were gone. A chain
   * that runs goes on as it is when this fails, and one that wakes has the configuration of its last run.
   */
  async #equip(writer: ChainWriter): Promise<void> {
    const { id, name, generation, observedGeneration, status } = writer.chain;
    const spec = canonicalJson({ ...writer.chain.spec, size: sizeOf(writer.chain) });
    if (this.#equipped.get(id) === spec) return;
    try {
      const { configWrittenAt } = await this.#provisioner.equip(writer);
      await this.#supervisor.stopOlderThan(writer, configWrittenAt);
      this.#equipped.set(id, spec);
    } catch (error) {
      const isRunning = status.phase === 'Running' && observedGeneration === generation;
      const isNew = !isRunning && status.phase !== 'Sleeping';
      if (isNew || error instanceof OrchestrationError) throw error;
      this.modules.logger.warn('configuration not checked', { chain: name, error: String(error) });
    }
  }

  async #pause(writer: ChainWriter): Promise<Outcome> {
    if (writer.chain.status.phase !== 'Paused') {
      if (!(await this.#settled(writer))) return { requeueAfterMs: 250 };
    }
    if (writer.chain.spec.runtime === 'managed') await this.#supervisor.stop(writer);
    this.#settling.delete(writer.chain.id);
    await writer.settle('Paused', stopped(writer, 'PAUSED', 'Paused by its owner.'));
    return {};
  }

  async #archive(writer: ChainWriter): Promise<Outcome> {
    if (writer.chain.status.phase !== 'Draining') await writer.setStatus({ phase: 'Draining' });
    const managed = writer.chain.spec.runtime === 'managed';
    if (managed) {
      if (!(await this.#settled(writer))) return { requeueAfterMs: 250 };
      await this.#supervisor.stop(writer);
      await this.modules.accounts.remove(writer.chain);
      await this.modules.folders.archive(writer.chain);
    }
    this.#settling.delete(writer.chain.id);
    await writer.settle('Archived', stopped(writer, 'ARCHIVED', 'Stopped; its data is kept.'));
    return {};
  }

  /**
   * True when everything is anchored, when nothing runs that could say so, when nothing more will ever be anchored, or
   * when the wait is over.
   */
  async #settled(writer: ChainWriter): Promise<boolean> {
    const { chain } = writer;
    const { clock, driver, folders, logger, settlement } = this.modules;
    if (chain.spec.runtime === 'external' || chain.committee === null) return true;
    const { state } = await driver.inspect(folders.instance(chain));
    if (state === 'absent' || state === 'exited') return true;
    if (hasCondition(chain, 'Tampered')) {
      logger.info('stopping without a last checkpoint: the chain was tampered with', {
        chain: chain.name,
      });
      return true;
    }
    const since = this.#settling.get(chain.id) ?? clock.now();
    this.#settling.set(chain.id, since);
    if (await settlement.settle(chain)) return true;
    await this.#makeKnown(writer);
    if (clock.now() - since < this.options.settleMs) return false;
    logger.warn('stopping with blocks that are not anchored yet', { chain: chain.name });
    return true;
  }

  /** A chain that is stopped right after its birth may have blocks before the root knows it. */
  async #makeKnown(writer: ChainWriter): Promise<void> {
    this.#registrar.begin(identified(writer.chain));
    try {
      await this.#registrar.note(writer);
    } catch (error) {
      const fields = { chain: writer.chain.name, error: String(error) };
      this.modules.logger.debug('not registered before its stop', fields);
    }
  }

  async #fail(writer: ChainWriter, error: TerminalError): Promise<Outcome> {
    const { name } = writer.chain;
    this.modules.logger.error('chain failed', {
      chain: name,
      code: error.code,
      why: error.message,
    });
    if (writer.chain.spec.runtime === 'managed') await this.#supervisor.stop(writer);
    await writer.settle('Failed', {
      failure: { code: error.code, message: error.message },
      ...stopped(writer, error.code, error.message),
    });
    return {};
  }
}

function hasFailedForGood(chain: Chain): boolean {
  return chain.status.phase === 'Failed' && chain.observedGeneration === chain.generation;
}

function isVersionConflict(error: unknown): boolean {
  return (
    error instanceof OrchestrationError && error.code === OrchestrationErrorCode.VersionConflict
  );
}
