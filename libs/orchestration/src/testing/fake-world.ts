import { type Address, CommonError, CommonErrorCode, silentLogger } from '@flotilla/common';
import { SimulatedClock } from '@flotilla/testing';
import type { Chain, ChainChange, ChainEvent, IdentifiedChain } from '../chain/chain.js';
import { OrchestrationError, OrchestrationErrorCode } from '../errors.js';
import { instanceId, leaseOf } from '../instances/instances.js';
import type { InstanceReport, NodeRest, RootRegistration } from '../ports.js';
import { ChainIdSource } from '../reconcile/chain-id.js';
import { DEFAULT_RECONCILER_OPTIONS, type ReconcilerModules } from '../reconcile/modules.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { RestartPolicy } from '../reconcile/restart-policy.js';
import { StartGate } from '../reconcile/start-gate.js';
import type { InstanceSpec, InstanceStatus, RuntimeDriver } from '../runtime/runtime-driver.js';
import { type ChainSettings, settingsOf } from '../spec/chain-settings.js';
import { type ChainSpecInput, chainSpecSchema } from '../spec/chain-spec.schema.js';
import { INITIAL_STATUS, type Lease } from '../status/chain-status.js';
import { setCondition } from '../status/conditions.js';

export const KEY_ADDRESS: Address = `0x${'c0'.repeat(20)}`;

/** Everything that the reconciler touches, in memory, surviving the reconciler itself. */
export class FakeWorld {
  readonly clock = new SimulatedClock();
  readonly chains = new Map<string, Chain>();
  readonly events: ChainEvent[] = [];
  readonly registered = new Map<number, RootRegistration>();
  readonly accounts = new Set<string>();
  readonly configs = new Map<string, { text: string; writtenAt: number }>();
  /** How often a configuration was brought about, changed or not. */
  configLooks = 0;
  readonly archived: string[] = [];
  readonly instances = new Map<string, InstanceStatus>();
  /** What happened outside, in order. */
  readonly deeds: string[] = [];
  /** Folders of followers. */
  readonly folders = new Set<string>();
  readonly leases = new Map<string, Lease>();
  /** What instances say of themselves, by id. */
  readonly reports = new Map<string, InstanceReport>();
  /** Instances whose process is there and does not answer. */
  readonly silent = new Set<string>();
  readonly epochs = new Map<number, number>();
  nextPid = 100;
  #ticks = 0;
  /** How a started instance turns out. */
  behaviour: 'serves' | 'starts' | 'dies' | 'rejects config' = 'serves';
  /** The newest of their log. */
  lastLines: readonly string[] = [];
  /** For each start whether it left the instances alone that are kept ready. */
  readonly coldStarts: boolean[] = [];
  settled = true;
  /** What nodes say that are asked whether they may sleep. */
  rest: NodeRest = {
    isQuiet: true,
    isAnchored: true,
    latestBlock: { number: '0x7' },
    gasPrice: '0x1',
  };
  /** Requests for a last checkpoint. */
  settlements = 0;
  /** What nodes were told and took over, in order; the number of the block from which on is its place here. */
  readonly settings: { chain: string; generation: number; settings: ChainSettings }[] = [];
  /** Messages to nodes, or their answers, get lost. */
  natsAway: 'none' | 'commands' | 'answers' = 'none';
  rootAway = false;
  /** Configurations can't be written: they say where the root is, which is not known. */
  configsAway = false;
  answersChainId: number | undefined;
  /** Calls of ports left before one fails; undefined: none fails. */
  failAfter: number | undefined;

  add(name: string, spec: ChainSpecInput = {}, change: Partial<Chain> = {}): Chain {
    const parsed = chainSpecSchema.parse(spec);
    const chain: Chain = {
      id: `id-${name}`,
      name,
      tenant: 'acme',
      spec: parsed,
      genesis: settingsOf(parsed),
      desired: 'running',
      chainId: parsed.chainId ?? null,
      committee: null,
      status: INITIAL_STATUS,
      generation: 1,
      observedGeneration: 0,
      version: 1,
      createdAt: 0,
      updatedAt: 0,
      ...change,
    };
    this.chains.set(chain.id, chain);
    return chain;
  }

  /** The owner's write. */
  change(name: string, change: Partial<Pick<Chain, 'spec' | 'desired'>>): void {
    const chain = this.chain(name);
    const generation = chain.generation + 1;
    const updatedAt = this.clock.now();
    const version = chain.version + 1;
    this.chains.set(chain.id, { ...chain, ...change, generation, version, updatedAt });
  }

  chain(name: string): Chain {
    const chain = this.chains.get(`id-${name}`);
    if (!chain) throw new CommonError(CommonErrorCode.InvariantViolated, `no chain ${name}`);
    return chain;
  }

  /** The node's heartbeats say that development methods bent the chain. */
  tamper(name: string): void {
    const chain = this.chain(name);
    const condition = {
      type: 'Tampered',
      status: true,
      reason: 'DEV_METHODS',
      message: '',
    } as const;
    const conditions = setCondition(chain.status.conditions, condition, this.clock.now());
    const status = { ...chain.status, conditions };
    this.chains.set(chain.id, { ...chain, status, version: chain.version + 1 });
  }

  /** The chain's first instance, or the one with this id. */
  die(name: string, how: Partial<InstanceStatus> = { signal: 'SIGKILL' }): void {
    const key = this.#key(name);
    const before = this.instances.get(key) ?? { chain: name, instance: instanceId(name, 0) };
    this.instances.set(key, { ...before, ...how, state: 'exited' });
  }

  /** First instances go by their chain's name. */
  #key(id: string): string {
    return id.endsWith('-0') ? id.slice(0, -2) : id;
  }

  #spec({ name }: Pick<Chain, 'name'>, id: string): InstanceSpec {
    return { chain: name, instance: id, folder: `/chains/${id}` };
  }

  /** A reconciler that knows nothing yet, as after a crash of the orchestrator. */
  reconciler(): Reconciler {
    return new Reconciler(DEFAULT_RECONCILER_OPTIONS, this.modules());
  }

  /** Reconciles until nothing is due within a second, on simulated time. */
  async converge(name: string, reconciler = this.reconciler()): Promise<void> {
    for (let i = 0; i < 200; i++) {
      const { requeueAfterMs } = await reconciler.reconcile(`id-${name}`);
      if (requeueAfterMs === undefined || requeueAfterMs > 1_000) return;
      await this.clock.advance(requeueAfterMs);
    }
  }

  modules(): ReconcilerModules {
    return {
      chains: {
        get: async (id) => this.chains.get(id),
        activeIds: async () => [...this.chains.keys()],
        update: async (chain, change, events) => this.#update(chain, change, events),
      },
      driver: this.#driver(),
      root: {
        registration: async (chainId) => this.#step(() => this.#onRoot(chainId)),
        register: async (chain) => this.#step(() => this.#register(chain)),
        grantEpochAbove: async (chainId, epoch) =>
          this.#step(() => {
            this.#onRoot(chainId);
            const granted = Math.max(this.epochs.get(chainId) ?? 1, epoch + 1);
            this.epochs.set(chainId, granted);
            return granted;
          }),
      },
      accounts: {
        ensure: async ({ name }) =>
          this.#step(() => {
            this.accounts.add(name);
            return { shared: false };
          }),
        remove: async ({ name }) => this.#step(() => void this.accounts.delete(name)),
      },
      folders: {
        instance: (chain) => this.#spec(chain, leaseOf(chain).instance),
        replica: (chain, id) => this.#spec(chain, id),
        instances: async ({ name }) => [...this.folders].filter((id) => id.startsWith(`${name}-`)),
        writeReplica: async (_, id) =>
          this.#step(() => {
            this.folders.add(id);
            return { writtenAt: 0 };
          }),
        writeLease: async (chain, id) => this.#step(() => void this.leases.set(id, leaseOf(chain))),
        removeReplica: async (_, id, { keep }) =>
          this.#step(() => {
            this.deeds.push(`${keep ? 'keep' : 'delete'} ${id}`);
            this.folders.delete(id);
            this.instances.delete(id);
          }),
        ensureCommitteeKey: async () => this.#step(() => KEY_ADDRESS),
        writeConfig: async (chain) => this.#step(() => this.#writeConfig(chain)),
        archive: async ({ name }) => this.#step(() => void this.archived.push(name)),
      },
      probe: {
        instance: async ({ instance }) => this.reports.get(instance),
        probe: async ({ chain, instance, rpcUrl }) =>
          this.silent.has(instance)
            ? { healthy: false, reason: 'silent' }
            : rpcUrl === undefined
              ? { healthy: false, reason: 'no url' }
              : { healthy: true, chainId: this.answersChainId ?? this.chain(chain).chainId ?? 0 },
      },
      limits: { change: () => 'same' },
      settings: { change: (chain) => this.#step(() => this.#changeSettings(chain)) },
      rest: { ask: async () => this.rest },
      settlement: { settle: async () => this.#settle() },
      chainIds: new ChainIdSource(),
      restarts: new RestartPolicy(),
      starts: new StartGate(
        { atOnce: 1, atOnceFromDeepPool: 1, holdMs: 3_000 },
        { clock: this.clock, warmNodes: () => 0 },
      ),
      clock: this.clock,
      logger: silentLogger,
    };
  }

  #settle(): boolean {
    this.settlements++;
    return this.settled;
  }

  #driver(): RuntimeDriver {
    const capabilities = { survivesOrchestrator: true, limits: false };
    return {
      fingerprint: async () => ({ driver: 'fake', healthy: true, capabilities }),
      warmUp: () => {},
      close: () => {},
      warm: { ready: 0, starting: 0 },
      start: async (spec, { cold = false } = {}) => this.#step(() => this.#start(spec, cold)),
      stop: async ({ instance }, { graceMs }) =>
        this.#step(() => {
          const key = this.#key(instance);
          if (!this.#alive(key)) return;
          this.deeds.push(`${graceMs > 0 ? 'stop' : 'kill'} ${key}`);
          this.silent.delete(instance);
          this.die(instance, { exitCode: 0 });
        }),
      inspect: async (spec) => this.#inspect(spec),
      recover: async (specs) => specs.map((spec) => this.#inspect(spec)),
      limit: async () => {},
      usage: () => undefined,
      logs: async () => this.lastLines,
      onServing: () => () => {},
      onExit: () => () => {},
    };
  }

  #alive(name: string): boolean {
    const { state } = this.instances.get(name) ?? {};
    return state === 'running' || state === 'starting';
  }

  #inspect({ chain, instance }: InstanceSpec): InstanceStatus {
    return this.instances.get(this.#key(instance)) ?? { chain, instance, state: 'absent' };
  }

  #start({ chain, instance }: InstanceSpec, cold: boolean): InstanceStatus {
    const key = this.#key(instance);
    const current = this.instances.get(key);
    if (current && this.#alive(key)) return current;
    this.deeds.push(`start ${key}`);
    this.coldStarts.push(cold);
    const born = { chain, instance, pid: this.nextPid++, startedAt: this.#moment() };
    const serving = { rpcUrl: `http://${key}`, wsUrl: `ws://${key}` };
    const outcome: Record<FakeWorld['behaviour'], InstanceStatus> = {
      serves: { ...born, ...serving, state: 'running' },
      starts: { ...born, state: 'starting' },
      dies: { ...born, state: 'exited', exitCode: 1 },
      'rejects config': { ...born, state: 'exited', exitCode: 64 },
    };
    this.instances.set(key, outcome[this.behaviour]);
    return { ...born, state: 'starting' };
  }

  /** Every moment is later than the one before. */
  #moment(): number {
    this.#ticks += 1;
    return this.clock.now() + this.#ticks;
  }

  #writeConfig(chain: Chain): { writtenAt: number } {
    this.configLooks++;
    if (this.configsAway) {
      throw new CommonError(CommonErrorCode.InvariantViolated, 'the root is away');
    }
    const text = JSON.stringify([{ ...chain.spec, ...chain.genesis, scale: null }, chain.chainId]);
    const before = this.configs.get(chain.name);
    if (before?.text === text) return before;
    const written = { text, writtenAt: this.#moment() };
    this.configs.set(chain.name, written);
    return written;
  }

  #changeSettings({ name, generation, spec }: Chain): { fromBlock: number } | undefined {
    if (this.natsAway === 'commands') return undefined;
    const mine = this.settings.filter(({ chain }) => chain === name);
    const newest = mine.at(-1)?.generation ?? 0;
    if (generation > newest) {
      this.deeds.push(`settings ${name}`);
      this.settings.push({ chain: name, generation, settings: settingsOf(spec) });
    }
    return this.natsAway === 'answers' ? undefined : { fromBlock: this.settings.length };
  }

  #onRoot(chainId: number): RootRegistration | undefined {
    if (this.rootAway) throw new CommonError(CommonErrorCode.InvariantViolated, 'the root is away');
    return this.registered.get(chainId);
  }

  #register({ chainId, committee, name }: IdentifiedChain): void {
    if (this.#onRoot(chainId)) {
      throw new CommonError(CommonErrorCode.InvariantViolated, `${chainId} registered twice`);
    }
    this.deeds.push(`register ${name}`);
    this.registered.set(chainId, { chainId, committee });
  }

  #update(chain: Chain, change: ChainChange, events: readonly ChainEvent[]): Chain {
    return this.#step(() => {
      const current = this.chains.get(chain.id);
      if (current?.version !== chain.version) {
        throw new OrchestrationError(OrchestrationErrorCode.VersionConflict, 'stale');
      }
      const taken = [...this.chains.values()].some(
        (c) => c.id !== chain.id && c.chainId === change.chainId && c.chainId !== null,
      );
      if (change.chainId !== undefined && taken) {
        throw new OrchestrationError(OrchestrationErrorCode.ChainIdTaken, 'taken');
      }
      const next = { ...current, ...change, version: current.version + 1 };
      this.chains.set(chain.id, next);
      this.events.push(...events);
      return next;
    });
  }

  /** Either the process is cut off just before the effect, or just after it. */
  #step<Result>(effect: () => Result): Result {
    if (this.failAfter === undefined) return effect();
    this.failAfter -= 1;
    if (this.failAfter > 0) return effect();
    const after = this.failAfter === 0;
    this.failAfter = undefined;
    if (after) effect();
    throw new CommonError(CommonErrorCode.InvariantViolated, 'cut off', { retryable: true });
  }
}
