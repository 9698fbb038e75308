import type { Chain } from '../chain/chain.js';
import { OrchestrationErrorCode, TerminalError } from '../errors.js';
import type { InstanceSpec, InstanceStatus } from '../runtime/runtime-driver.js';
import type { ChainWriter } from './chain-writer.js';
import { takeOver } from './failover.js';
import { Followers } from './followers.js';
import { ensureLimits } from './limits.js';
import type { ReconcilerModules, ReconcilerOptions } from './modules.js';
import { ensureSettings } from './settings.js';
import { instanceView, wasSound } from './status-parts.js';

/** sysexits.h EX_CONFIG's neighbour EX_USAGE: the node's "bad configuration". */
const EXIT_BAD_CONFIG = 64;
/** What a node writes last when it could not start: `<program>: <what is wrong> [<CODE>]`, then what to do. */
const LAST_WORD = /^[\w-]+: (.+ \[[A-Z_]+\])$/;
const LAST_LINES = 3;

export interface Outcome {
  readonly requeueAfterMs?: number;
}

interface Watch {
  /** Start time of the run these facts are about. */
  startedAt: number | undefined;
  served: boolean;
  unhealthySince: number | undefined;
  restartAt: number | undefined;
}

/** Keeps the process of a managed chain alive and healthy. What it remembers is only about pace. */
export class Supervisor {
  readonly #watches = new Map<string, Watch>();
  readonly #followers: Followers;

  constructor(
    readonly options: ReconcilerOptions,
    readonly modules: ReconcilerModules,
  ) {
    this.#followers = new Followers(options, modules);
  }

  async ensureServing(writer: ChainWriter): Promise<Outcome> {
    const spec = this.modules.folders.instance(writer.chain);
    const status = await this.modules.driver.inspect(spec);
    switch (status.state) {
      case 'running':
        return this.#check(writer, status);
      case 'starting':
        return this.#unhealthy(writer, status, 'starting');
      default:
        return this.#start(writer, status);
    }
  }

  /** Ends an instance that was started before its configuration was written, or its owner asked for another. */
  async stopOlderThan(writer: ChainWriter, since: number): Promise<void> {
    const spec = this.modules.folders.instance(writer.chain);
    const { state, startedAt } = await this.modules.driver.inspect(spec);
    const alive = state === 'running' || state === 'starting';
    if (!alive || startedAt === undefined || startedAt >= since) return;
    const { name } = writer.chain;
    this.modules.logger.info('restarting with what holds now', { chain: name });
    await this.stop(writer);
  }

  async stop(writer: ChainWriter): Promise<void> {
    const { driver, folders } = this.modules;
    const { chain } = writer;
    const ids = await folders.instances(chain);
    const specs = [folders.instance(chain), ...ids.map((id) => folders.replica(chain, id))];
    const unique = new Map(specs.map((spec) => [spec.instance, spec]));
    const stop = (spec: InstanceSpec) => driver.stop(spec, { graceMs: this.options.stopGraceMs });
    const [producer, ...followers] = unique.values();
    // What it has begun to take it can only promise with its standby.
    await stop(producer);
    await Promise.all(followers.map(stop));
    this.forget(writer.chain.id);
  }

  forget(id: string): void {
    this.#watches.delete(id);
    this.modules.restarts.forget(id);
    this.modules.starts.leave(id);
  }

  async #check(writer: ChainWriter, status: InstanceStatus): Promise<Outcome> {
    const { chain } = writer;
    const watch = this.#watch(chain.id, status);
    const timeoutMs = chain.spec.failover ? this.options.failoverMs / 2 : undefined;
    const probe = await this.modules.probe.probe(status, timeoutMs);
    if (!probe.healthy) return this.#unhealthy(writer, status, probe.reason);
    // Another node may have taken over the port of an instance that is just going away.
    if (probe.chainId !== chain.chainId) {
      return this.#unhealthy(writer, status, `answers with chain id ${probe.chainId}`);
    }
    watch.served = true;
    watch.unhealthySince = undefined;
    this.modules.restarts.served(chain.id);
    this.modules.starts.leave(chain.id);
    const isLimited = await ensureLimits(writer, status, this.modules);
    const serving = {
      failure: null,
      nodeRpcUrl: status.rpcUrl ?? null,
      nodeWsUrl: status.wsUrl ?? null,
      instances: [
        ...[instanceView(status, 'producer') ?? []].flat(),
        ...chain.status.instances.filter(
          ({ id, role }) => role === 'follower' && id !== status.instance,
        ),
      ],
      asleep: null,
      conditions: writer
        .conditions({ type: 'Healthy', status: true, reason: 'SERVING', message: 'Answers RPC.' })
        .filter((c) => c.type !== 'CrashLoop'),
    };
    if (!(await ensureSettings(writer, this.modules)) || !isLimited) {
      // Nobody is routed to a node that comes up with old settings or limits; one that runs goes on meanwhile.
      if (writer.chain.status.phase === 'Running') await writer.setStatus(serving);
      return { requeueAfterMs: this.options.settingsRetryMs };
    }
    await writer.settle('Running', serving);
    const isSettled = await this.#followers.reconcile(writer, status);
    const { failoverPollMs, resyncMs } = this.options;
    return { requeueAfterMs: chain.spec.failover || !isSettled ? failoverPollMs : resyncMs };
  }

  async #unhealthy(writer: ChainWriter, status: InstanceStatus, reason: string): Promise<Outcome> {
    const { clock, driver, folders, logger } = this.modules;
    const watch = this.#watch(writer.chain.id, status);
    watch.unhealthySince ??= clock.now();
    const silentMs = clock.now() - watch.unhealthySince;
    if (silentMs >= this.options.failoverMs && (await takeOver(writer, reason, this.modules))) {
      return { requeueAfterMs: 0 };
    }
    const { startMs, stopGraceMs, unhealthyMs } = this.options;
    // Who replays its journal has not begun to serve; who has, and is silent, does not hear either that it should stop.
    const isStarting = status.state === 'starting';
    if (silentMs > (isStarting ? startMs : unhealthyMs)) {
      logger.warn('node does not answer, restarting it', { chain: writer.chain.name, reason });
      const graceMs = isStarting ? stopGraceMs : 0;
      await driver.stop(folders.instance(writer.chain), { graceMs });
      return { requeueAfterMs: 0 };
    }
    const served = watch.served;
    if (served) {
      await writer.setStatus({
        conditions: writer.conditions({
          type: 'Healthy',
          status: false,
          reason: 'NOT_ANSWERING',
          message: reason,
        }),
      });
    }
    const most = writer.chain.spec.failover ? this.options.failoverPollMs : 1_000;
    return { requeueAfterMs: Math.max(this.options.startPollMs, Math.min(most, silentMs / 8)) };
  }

  async #start(writer: ChainWriter, status: InstanceStatus): Promise<Outcome> {
    const { chain } = writer;
    if (status.state === 'exited' && status.exitCode === EXIT_BAD_CONFIG) {
      const known = this.#watches.get(chain.id);
      // The first look after a change of the spec (or of our own code) gives it another try.
      if (known && known.startedAt === status.startedAt) {
        throw new TerminalError(
          OrchestrationErrorCode.NodeConfigRejected,
          'the node refused its configuration; its log says why',
        );
      }
    }
    if (await takeOver(writer, deathMessage(status), this.modules)) return { requeueAfterMs: 0 };
    const wait = await this.#restartDelay(writer, status);
    if (wait > 0) {
      this.modules.starts.leave(chain.id);
      return { requeueAfterMs: wait };
    }
    const { driver, folders, restarts, starts } = this.modules;
    if (!starts.enter(chain)) return { requeueAfterMs: this.options.startTurnMs };
    const cold = restarts.diesEarly(chain.id);
    const started = await driver.start(folders.instance(chain), { cold });
    // Who most likely ends at once keeps nobody waiting.
    if (cold) starts.leave(chain.id);
    const watch = this.#watch(chain.id, started);
    watch.restartAt = undefined;
    return { requeueAfterMs: this.options.startPollMs };
  }

  /** Counts a death once, and answers how long to wait before the restart. */
  async #restartDelay(writer: ChainWriter, status: InstanceStatus): Promise<number> {
    const { chain } = writer;
    const { clock, restarts } = this.modules;
    const watch = this.#watches.get(chain.id);
    if (watch?.restartAt !== undefined) return Math.max(0, watch.restartAt - clock.now());
    // Never seen alive by us: a first start, or one after all of us were stopped.
    if (watch?.startedAt === undefined) return 0;
    const decision = restarts.died(chain.id, wasSound(status, watch.served), clock.now());
    this.#watches.set(chain.id, {
      startedAt: undefined,
      served: false,
      unhealthySince: undefined,
      restartAt: clock.now() + decision.delayMs,
    });
    const why = watch.served ? [] : await this.#lastWord(chain);
    const message = [deathMessage(status), ...why].join(': ');
    const gone = {
      type: 'Healthy' as const,
      status: false,
      reason: status.outOfMemory ? 'OUT_OF_MEMORY' : 'PROCESS_DIED',
      message,
    };
    const loop = {
      type: 'CrashLoop' as const,
      status: true,
      reason: 'RESTARTS_BACKED_OFF',
      message: `It died again and again (${message}); next start in ${decision.delayMs} ms.`,
    };
    await writer.setStatus({
      restarts: chain.status.restarts + 1,
      instances: chain.status.instances.filter(({ role }) => role === 'follower'),
      conditions: decision.crashLoop ? writer.conditions(gone, loop) : writer.conditions(gone),
    });
    return decision.delayMs;
  }

  /** The node's own reason why it could not start; empty when it gave none. */
  async #lastWord(chain: Chain): Promise<string[]> {
    const { driver, folders } = this.modules;
    const lines = await driver.logs(folders.instance(chain), { lines: LAST_LINES });
    return lines.flatMap((line) => LAST_WORD.exec(line)?.[1] ?? []).slice(-1);
  }

  #watch(id: string, status: InstanceStatus): Watch {
    let watch = this.#watches.get(id);
    if (!watch || watch.startedAt !== status.startedAt) {
      watch = {
        startedAt: status.startedAt,
        served: false,
        unhealthySince: undefined,
        restartAt: undefined,
      };
      this.#watches.set(id, watch);
    }
    return watch;
  }
}

function deathMessage(status: InstanceStatus): string {
  if (status.outOfMemory) return 'killed at its memory limit';
  if (status.signal) return `killed by ${status.signal}`;
  return status.exitCode === undefined ? 'process gone' : `exit code ${status.exitCode}`;
}
