import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Blockchain, type ChainConfig, Sealer } from '@flotilla/chain';
import { bytesToHex, type Clock, type Logger, type Random } from '@flotilla/common';
import type { Heartbeat, NodeLimits } from '@flotilla/messaging';
import type { LogBudget } from '@flotilla/platform';
import { devMethods, lightMethods, methodTable, writerMethods } from '@flotilla/rpc';
import { FileJournal, FolderLock, LmdbStore } from '@flotilla/store';
import { Anchoring } from './anchoring/anchoring.js';
import { DEV_ACCOUNTS } from './config/dev-alloc.js';
import type { NodeConfig } from './config/node-config.schema.js';
import { errorFields } from './errors.js';
import { InstanceFile } from './files/instance-file.js';
import { JsonFile } from './files/json-file.js';
import { ParkedFile } from './files/parked-file.js';
import { DiskGuard } from './limits/disk-guard.js';
import { LimitHits } from './limits/limit-hits.js';
import { NO_LIMITS } from './limits/limits-file.js';
import { limited, serverLimits } from './limits/limits-of-parts.js';
import { NodeLimiter } from './limits/node-limiter.js';
import { parseAnnouncedState } from './link/block-announcer.js';
import { NatsLink } from './link/nats-link.js';
import { type NodeIdentity, nodeStatus } from './link/node-status.js';
import { Repeater } from './link/repeater.js';
import type { Forwarder } from './replication/forwarder.js';
import { followAnchoring, openReplication } from './replication/open-replication.js';
import type { Replication, ReplicationHooks } from './replication/replication.js';
import { DrainGate } from './rpc/drain-gate.js';
import { flotillaMethods } from './rpc/flotilla-methods.js';
import { Activity } from './threads/activity.js';
import { IngressLink } from './threads/ingress-link.js';
import { LoadGauge } from './threads/load-gauge.js';
import type { SpawnThread } from './threads/thread.js';
import { threadCounts } from './threads/thread-counts.js';

export interface ChainNodeOptions {
  /** The data folder; holds everything that this node keeps. */
  readonly folder: string;
  readonly config: NodeConfig;
  /** What genesis holds besides what the configuration says: the root's contracts. */
  readonly predeploys?: ChainConfig['predeploys'];
  /** What it may take; undefined: nobody has bounded it. */
  readonly limits?: NodeLimits | undefined;
  /** What `web3_clientVersion` answers. */
  readonly clientVersion: string;
}

export interface ChainNodeModules {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The log's own limit, to be changed with the others. */
  readonly logBudget?: LogBudget;
  /** Durability is unknown: the process must end at once, without cleaning up. */
  readonly onFatal: (error: unknown) => void;
  readonly spawnThread: SpawnThread;
  /** A thread that the node can't do without has failed: only a restart helps. */
  readonly onThreadLost: (error: Error) => void;
  /** Another instance may produce now, or the folder is gone: the process must end at once, without cleaning up. */
  readonly onDeposed: (why: string) => void;
}

/** How soon the root node makes its newest durable block `finalized`. */
const SELF_FINALIZE_MS = 500;
const QUIET_FINALIZE_MS = 10_000;

/** One chain's node: store, journal, chain, sealer, JSON-RPC, NATS and anchoring, joined and run. */
export class ChainNode {
  readonly #identity: { -readonly [Key in keyof NodeIdentity]: NodeIdentity[Key] };
  readonly #gate = new DrainGate();
  readonly #activity = new Activity();
  readonly #load = new LoadGauge();
  readonly #instance: InstanceFile;
  readonly #parked: ParkedFile;
  readonly #sealer: Sealer;
  readonly #ingress: IngressLink;
  readonly #limiter: NodeLimiter;
  #link: NatsLink | undefined;
  #anchoring: Anchoring | undefined;
  #selfFinalizer: Repeater | undefined;
  #forwarder: Forwarder | undefined;
  #peerUrl: string | undefined;

  private constructor(
    private readonly options: ChainNodeOptions,
    private readonly modules: ChainNodeModules,
    private readonly resources: {
      readonly lock: FolderLock;
      readonly store: LmdbStore;
      readonly journal: FileJournal;
      readonly chain: Blockchain;
      readonly disk: DiskGuard;
      readonly hits: LimitHits;
      /** Undefined for a chain that has but one instance for ever. */
      readonly replication: Replication | undefined;
    },
  ) {
    const { clock, random, logger, logBudget } = modules;
    this.#activity.touch(clock.now());
    this.#identity = {
      instanceId: Buffer.from(random.bytes(8)).toString('hex'),
      rpcUrl: '',
      wsUrl: '',
      startedAt: clock.now(),
    };
    this.#instance = new InstanceFile(options.folder);
    this.#parked = new ParkedFile(options.folder);
    const { chain, disk, hits, replication } = resources;
    if (replication?.isFollower) this.#forwarder = replication.forwarder(chain);
    this.#sealer = new Sealer(chain.sealing, { chain, clock, logger });
    chain.events.on('sealing', (sealing) => this.#sealer.configure(sealing));
    this.#limiter = new NodeLimiter(options.limits ?? NO_LIMITS, {
      ...{ chain, disk, hits, clock, logger, logBudget },
      gate: { check: () => this.#checkIntake() },
      serve: (limits) => this.#ingress.limit(limits),
    });
    this.#ingress = this.#createIngress();
  }

  /**
   * Takes the folder, opens the chain and restores what was promised; nothing is served yet.
   * @throws StoreError `DATABASE_LOCKED`, `CORRUPT_RECORD`; ChainError `GENESIS_MISMATCH`, `INVALID_CONFIG`, `CORRUPT_CHAIN`
   */
  static async open(options: ChainNodeOptions, modules: ChainNodeModules): Promise<ChainNode> {
    const { folder, config, predeploys } = options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = FolderLock.acquire(join(folder, 'lock'));
    try {
      const store = LmdbStore.open({ path: join(folder, STORE_FOLDER) });
      const journal = await FileJournal.open({ folder: join(folder, 'journal') });
      if (journal.tornBytes > 0) {
        // Nothing acknowledged: an append is answered after its fsync, and this one never got there.
        modules.logger.warn('the journal ended in a torn write', { bytes: journal.tornBytes });
      }
      const hits = new LimitHits();
      const disk = new DiskGuard(
        {
          databaseFile: join(folder, STORE_FOLDER, DATABASE_FILE),
          diskMb: options.limits?.diskMb ?? null,
        },
        { journalBytes: () => journal.length, hits, logger: modules.logger },
      );
      const replication = openReplication(options, modules);
      const chainConfig = predeploys === undefined ? config.chain : { ...config.chain, predeploys };
      const chain = await Blockchain.open(withLimits(chainConfig, options), {
        store,
        journal: replication?.journal(journal) ?? journal,
        confirmBlock: replication?.confirmBlock,
        holds: replication?.isFollower,
        clock: modules.clock,
        logger: modules.logger,
        onFatal: modules.onFatal,
        checkRoom: () => disk.checkRoom(),
      });
      const epoch = replication?.isFollower ? 0 : Math.max(config.epoch, replication?.epoch ?? 0);
      if (chain.epoch < epoch) await chain.setEpoch(epoch);
      return new ChainNode(options, modules, {
        lock,
        store,
        journal,
        chain,
        disk,
        hits,
        replication,
      });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get chain(): Blockchain {
    return this.resources.chain;
  }

  get rpcUrl(): string {
    return this.#identity.rpcUrl;
  }

  /** Where it serves, as its other instances are told. */
  get endpoints(): { readonly rpcUrl: string; readonly peerUrl?: string } {
    return { rpcUrl: this.rpcUrl, ...(this.#peerUrl && { peerUrl: this.#peerUrl }) };
  }

  status(): Heartbeat {
    return {
      ...nodeStatus(this.chain, this.#identity, this.resources.replication?.status),
      ...this.#limiter.status(),
      idleMs: this.#idleMs(),
    };
  }

  /** A chain that still has something to mine, or to tell, is not idle. */
  #idleMs(): number {
    const isBusy = this.chain.poolStatus().pending > 0 || (this.#link?.backlog ?? 0) > 0;
    return isBusy ? 0 : this.#activity.idleMs(this.modules.clock.now());
  }

  /** Serves, seals and connects. @throws RpcError `RPC_START_FAILED` when the configured port is taken */
  async start(): Promise<void> {
    const { config, folder } = this.options;
    const { clock, logger } = this.modules;
    const { replication } = this.resources;
    const port = await this.#ingress.start();
    const { wsUrl } = Object.assign(this.#identity, rpcUrls(config.rpc.host, port));
    this.#peerUrl = await replication?.start(this.#replicationHooks());
    if (!replication?.isFollower) this.#sealer.start();
    this.#instance.publish({ wsUrl, port, ...this.endpoints });
    if (config.nats !== undefined) {
      this.#link = new NatsLink(
        { folder, name: config.name, nats: config.nats },
        {
          chain: this.chain,
          announced: new JsonFile(join(folder, 'announced.json'), parseAnnouncedState, {
            durable: false,
          }),
          status: () => ({ ...this.status(), load: this.#load.read() }),
          drain: () => this.drain(),
          limit: (limits) => this.#limiter.limit(limits),
          clock,
          logger,
        },
      );
    }
    this.#link?.start();
    if (!replication?.isFollower) this.#produce();
    if (config.role === 'root') this.#startSelfFinalizing();
    const { number, hash } = this.chain.head();
    logger.info('node serves', { chain: config.name, rpcUrl: this.rpcUrl, head: number, hash });
  }

  /** Anchors, announces blocks and obeys commands: what of all instances only the producer does. */
  #produce(): void {
    const { config, folder } = this.options;
    if (config.root !== undefined) {
      this.#anchoring = new Anchoring(
        { folder, root: config.root, cadence: config.anchoring },
        { ...this.modules, chain: this.chain, link: this.#link },
      );
      this.#anchoring.start();
    }
    this.#link?.produce(this.#anchoring?.proposer);
  }

  #replicationHooks(): ReplicationHooks {
    return {
      chain: this.chain,
      anchoring: () => this.#anchoring?.proposer.state,
      onAnchoring: followAnchoring(this.options.folder),
      onPromoted: async () => {
        this.#forwarder = undefined;
        this.#ingress.promoted();
        this.#sealer.configure(this.chain.sealing);
        this.#sealer.start();
        this.#produce();
      },
      onScaled: (workers) => this.#ingress.scale(workers),
      onDeposed: this.modules.onDeposed,
      onRefused: () => void this.#ingress.stop(),
    };
  }

  /** @throws RpcError `SERVER_BUSY` while it drains; ChainError `NO_FOLLOWER` */
  #checkIntake(): void {
    this.#gate.check();
    this.resources.replication?.admit();
  }

  /** Takes no transactions any more; what is in the pool is still mined. */
  drain(): void {
    this.#gate.close();
  }

  /** Ends everything in order: what is on its way in is still answered, and what was acknowledged is on disk. */
  async stop(): Promise<void> {
    const { lock, store, journal, chain, replication } = this.resources;
    replication?.expectNobody();
    this.#parked.save(await this.#ingress.stop());
    this.#gate.close();
    await this.#selfFinalizer?.stop();
    await this.#anchoring?.stop();
    await replication?.stop();
    await this.#sealer.stop();
    await this.#link?.stop();
    await chain.close();
    await journal.close();
    await store.close();
    this.#instance.remove();
    lock.release();
    this.modules.logger.info('node stopped', { chain: this.options.config.name });
  }

  #createIngress(): IngressLink {
    const { config, folder } = this.options;
    const { clock, random, logger, spawnThread, onThreadLost } = this.modules;
    // Test suites refuse to touch what doesn't say that it is made for them.
    const isForTests = config.role === 'micro' && this.chain.dev !== undefined;
    const clientVersion = `${isForTests ? 'HardhatNetwork/' : ''}${this.options.clientVersion}`;
    const { limits } = this.options;
    const { port, ...rpc } = {
      ...config.rpc,
      ...(limits && serverLimits(limits)),
      parked: this.#parked.take(),
    };
    const onlyHere = [
      ...writerMethods(this.chain),
      ...(isForTests
        ? devMethods(
            {
              clientVersion,
              instanceId: bytesToHex(random.bytes(32)),
              accounts: DEV_ACCOUNTS,
            },
            {
              ...{ chain: this.chain, sealing: this.#sealer, clock },
              admit: () => this.#limiter.admitOne(),
            },
          )
        : []),
      ...flotillaMethods({
        status: () => this.status(),
        settings: (upToBlock, limit) => this.chain.settingsUpTo(upToBlock, limit),
        anchoring: () => this.#anchoring?.proposer.state,
        isSleepAnchored: () => this.#anchoring?.proposer.isSleepAnchored ?? true,
        counters: () => ({
          name: config.name,
          chainId: this.chain.identity.chainId,
          draining: this.#gate.closed,
          nats: this.#link && { connected: this.#link.connected, backlog: this.#link.backlog },
        }),
      }),
    ];
    return new IngressLink(
      {
        rpc,
        // A port that nobody chose may be given up.
        ports: port === 0 ? [this.#instance.lastPort(), 0] : [port],
        clientVersion,
        storePath: join(folder, STORE_FOLDER),
        writerMethods: onlyHere.map(({ name }) => name),
        isFollower: this.#forwarder !== undefined,
        ...threadCounts(availableParallelism()),
        activity: this.#activity.memory,
        load: this.#load.memory,
      },
      {
        chain: this.chain,
        methods: methodTable(lightMethods({ clientVersion }, this.chain), onlyHere),
        joining: () => this.resources.replication?.joining,
        admit: (count) => this.#limiter.admit(count),
        forwarder: () => this.#forwarder,
        spawn: spawnThread,
        logger,
        onLost: onThreadLost,
      },
    );
  }

  /** On the embedded root a durable block is final; its tags follow the head a moment later. */
  #startSelfFinalizing(): void {
    const { chain } = this.resources;
    const { clock, logger } = this.modules;
    const isFinal = () => chain.head().number <= chain.resolveTag('finalized').number;
    const repeater = new Repeater(
      {
        intervalMs: SELF_FINALIZE_MS,
        quiet: { intervalMs: QUIET_FINALIZE_MS, when: isFinal },
        run: async () => {
          const { number, hash } = chain.head();
          if (!isFinal()) await chain.markFinalized(number, hash);
        },
        onError: (error) => logger.warn('head not finalized', errorFields(error)),
      },
      { clock },
    );
    chain.events.on('block', () => repeater.wake());
    repeater.start();
    this.#selfFinalizer = repeater;
  }
}

/** Of the data folder. */
const STORE_FOLDER = 'data';
const DATABASE_FILE = 'data.mdb';

function withLimits(config: ChainConfig, { limits }: ChainNodeOptions): ChainConfig {
  return limits === undefined ? config : limited(config, limits);
}

function rpcUrls(host: string, port: number): { rpcUrl: string; wsUrl: string } {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { rpcUrl: `http://${authority}`, wsUrl: `ws://${authority}` };
}
