import type { Chain } from '../chain/chain.js';
import { isOfPair, leaseOf, replicasOf, wantedFollowers } from '../instances/instances.js';
import type { InstanceStatus } from '../runtime/runtime-driver.js';
import type { InstanceView, Replica } from '../status/chain-status.js';
import type { ChainWriter } from './chain-writer.js';
import type { ReconcilerModules, ReconcilerOptions } from './modules.js';
import { identified } from './provision.js';
import { instanceView, wasSound } from './status-parts.js';

/** Blocks that a follower may be behind and still be read from: its reads wait for what they miss. */
const MAX_LAG = 64;
/** Codes of followers whose blocks are others than the producer's: they are of no use any more. */
const FORKED = 'FORKED';
const STOP_GRACE_MS = 3_000;

interface Follower {
  readonly view: InstanceView | undefined;
  readonly replica: Replica | undefined;
  /** All is as it should be. */
  readonly isSettled: boolean;
}

/** What is known of an instance's last run. */
interface Run {
  readonly startedAt: number | undefined;
  served: boolean;
  hasCaughtUp: boolean;
  /** When the next one may begin, once it has ended. */
  restartAt: number | undefined;
}

/** Brings a chain's followers up and down beside its producer. */
export class Followers {
  readonly #silentSince = new Map<string, number>();
  readonly #withdrawnAt = new Map<string, number>();
  readonly #runs = new Map<string, Run>();

  constructor(
    readonly options: ReconcilerOptions,
    readonly modules: ReconcilerModules,
  ) {}

  /** One pass, after the producer's. @returns whether all of them are as they should be */
  async reconcile(writer: ChainWriter, producer: InstanceStatus): Promise<boolean> {
    const { chain } = writer;
    const { folders } = this.modules;
    const wanted = wantedFollowers(chain);
    const surplus = (await this.#present(chain)).filter((id) => !wanted.includes(id));
    await folders.writeLease(chain, producer.instance, producer);
    if (wanted.length === 0 && surplus.length === 0) return true;
    const followers: Follower[] = [];
    for (const id of wanted) followers.push(await this.#ensure(writer, id, producer));
    for (const id of surplus) followers.push(await this.#withdraw(chain, id));
    const routed = replicasOf(chain) > 0;
    await writer.setStatus({
      instances: [
        ...writer.chain.status.instances.filter(({ role }) => role === 'producer'),
        ...followers.flatMap(({ view }) => view ?? []),
      ],
      replicas: routed ? followers.flatMap(({ replica }) => replica ?? []) : [],
    });
    return followers.every(({ isSettled }) => isSettled);
  }

  /** All that have a folder, but for the producer. */
  async #present(chain: Chain): Promise<string[]> {
    const { instance } = leaseOf(chain);
    return (await this.modules.folders.instances(chain)).filter((id) => id !== instance);
  }

  async #ensure(writer: ChainWriter, id: string, producer: InstanceStatus): Promise<Follower> {
    const { clock, driver, folders, logger, probe, restarts } = this.modules;
    const chain = identified(writer.chain);
    this.#withdrawnAt.delete(id);
    await folders.writeLease(chain, id, producer);
    const key = `${chain.id}/${id}`;
    const spec = folders.replica(chain, id);
    const status = await driver.inspect(spec);
    if (status.state === 'absent' || status.state === 'exited') {
      if (clock.now() < this.#restartAt(key, status)) return PENDING;
      await folders.writeReplica(chain, id);
      await folders.writeLease(chain, id, producer);
      this.#run(key, await driver.start(spec, { cold: restarts.diesEarly(key) }));
      this.#silentSince.set(id, clock.now());
      return PENDING;
    }
    const view = instanceView(status, 'follower');
    const report = status.state === 'running' ? await probe.instance(status) : undefined;
    const { following } = report ?? {};
    if (report?.role !== 'follower' || following === undefined) {
      const isStarting = status.state === 'starting';
      const { startMs, followerSilentMs, standbySilentMs } = this.options;
      const isWaitedFor = chain.spec.failover && isOfPair(chain, id);
      // Before it has caught up it may have large blocks to execute, and does not hear meanwhile.
      const isPatient = !isWaitedFor || this.#isCatchingUp(key, status);
      const silentMs = isPatient ? followerSilentMs : standbySilentMs;
      if (!this.#isOver(id, isStarting ? startMs : silentMs)) return { ...PENDING, view };
      logger.warn('a follower does not answer, restarting it', { chain: chain.name, id });
      this.#silentSince.delete(id);
      // Who has served, and is silent, does not hear either that it should stop.
      await driver.stop(spec, { graceMs: isStarting ? STOP_GRACE_MS : 0 });
      return PENDING;
    }
    this.#silentSince.delete(id);
    restarts.served(key);
    this.#run(key, status).served = true;
    await driver.limit(spec).catch((error) => {
      logger.warn('limits not applied', { chain: chain.name, id, reason: String(error) });
    });
    if (following.refused !== undefined) {
      return this.#refused(writer, id, { ...following.refused, view });
    }
    const { lag } = following;
    const { rpcUrl } = status;
    if (lag === undefined || lag > MAX_LAG || rpcUrl === undefined) return { ...PENDING, view };
    this.#run(key, status).hasCaughtUp = true;
    return { view, replica: { id, rpcUrl }, isSettled: true };
  }

  /** It has come to other blocks: it is kept as it is for whoever wants to know why, unless it is merely behind a fork. */
  async #refused(
    writer: ChainWriter,
    id: string,
    why: {
      readonly code: string;
      readonly message: string;
      readonly view: InstanceView | undefined;
    },
  ): Promise<Follower> {
    const { driver, folders } = this.modules;
    const { chain } = writer;
    if (why.code === FORKED) {
      await driver.stop(folders.replica(chain, id), { graceMs: STOP_GRACE_MS });
      await folders.removeReplica(chain, id, { keep: true });
      return PENDING;
    }
    const message = `${id} follows no more (${why.code}): ${why.message}`;
    await writer.setStatus({
      conditions: writer.conditions({
        ...{ type: 'ReplicaRefused', status: true, reason: why.code, message },
      }),
    });
    return { view: why.view, replica: undefined, isSettled: true };
  }

  /** Out of the routes first; stopped, and forgotten, once nobody can be on the way to it any more. */
  async #withdraw(chain: Chain, id: string): Promise<Follower> {
    const { clock, driver, folders, restarts } = this.modules;
    const since = this.#withdrawnAt.get(id) ?? clock.now();
    this.#withdrawnAt.set(id, since);
    const spec = folders.replica(chain, id);
    if (clock.now() - since < this.options.drainMs) {
      const view = instanceView(await driver.inspect(spec), 'follower');
      return { view, replica: undefined, isSettled: false };
    }
    await driver.stop(spec, { graceMs: this.options.stopGraceMs });
    await folders.removeReplica(chain, id, { keep: false });
    this.#withdrawnAt.delete(id);
    const key = `${chain.id}/${id}`;
    this.#runs.delete(key);
    restarts.forget(key);
    return { view: undefined, replica: undefined, isSettled: true };
  }

  #run(key: string, { startedAt }: InstanceStatus): Run {
    const known = this.#runs.get(key);
    if (known !== undefined && known.startedAt === startedAt) return known;
    const run = { startedAt, served: false, hasCaughtUp: false, restartAt: undefined };
    this.#runs.set(key, run);
    return run;
  }

  #isCatchingUp(key: string, { startedAt }: InstanceStatus): boolean {
    const run = this.#runs.get(key);
    return run !== undefined && run.startedAt === startedAt && !run.hasCaughtUp;
  }

  /** Counts the end of each run once. What was never seen alive by us starts at once. */
  #restartAt(key: string, status: InstanceStatus): number {
    const run = this.#runs.get(key);
    if (run === undefined || run.startedAt !== status.startedAt) return 0;
    const { clock, restarts } = this.modules;
    const now = clock.now();
    run.restartAt ??= now + restarts.died(key, wasSound(status, run.served), now).delayMs;
    return run.restartAt;
  }

  /** Whether it has been silent for so long; starts to count where nobody has. */
  #isOver(id: string, limitMs: number): boolean {
    const now = this.modules.clock.now();
    const since = this.#silentSince.get(id) ?? now;
    this.#silentSince.set(id, since);
    return now - since >= limitMs;
  }
}

const PENDING: Follower = { view: undefined, replica: undefined, isSettled: false };
