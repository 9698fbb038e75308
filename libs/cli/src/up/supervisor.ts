import { rmSync } from 'node:fs';
import { type Clock, invariant, systemClock } from '@flotilla/common';
import { removeGroups, runningChains, stopChains } from './chains.js';
import type { UpEnvironment } from './environment.js';
import { UpError, UpErrorCode } from './errors.js';
import { prepareExternalRoot } from './external-root.js';
import { bringUpChains } from './first-chains.js';
import { makePlan, type Plan } from './plan.js';
import { type Arrival, ManagedService } from './process/managed-service.js';
import type { Service } from './process/service.js';
import { ensureRelayerKey } from './relayer-key.js';
import type { Home } from './state/home.js';
import { HomeConfigFile } from './state/home-config.js';
import { saveJson } from './state/json-file.js';
import { ProcessTable } from './state/process-table.js';
import type { RunFile } from './summary.js';

interface Modules {
  readonly environment: UpEnvironment;
  readonly home: Home;
  /** Progress, a sentence a line. */
  readonly say: (sentence: string) => void;
}

const ARRIVALS: Record<Arrival, string> = { started: 'is up', adopted: 'was still running' };
/** The order in which processes end; chains end after the orchestrator, which would start them again. */
const APPS_FIRST = ['gateway', 'orchestrator'];
const FOUNDATIONS_LAST = ['root', 'nats', 'postgres'];

/** Brings the whole stack up, keeps it up, takes it down. */
export class Supervisor {
  readonly #clock: Clock = systemClock;
  readonly #cancelled = new AbortController();
  readonly #table: ProcessTable;
  readonly #homeConfig: HomeConfigFile;
  readonly #services = new Map<string, ManagedService>();
  #plan: Plan | undefined;
  #ready = false;

  constructor(private readonly modules: Modules) {
    this.#table = new ProcessTable(modules.home);
    this.#homeConfig = new HomeConfigFile(modules.home);
  }

  get isDev(): boolean {
    return this.modules.environment.config.FLOTILLA_PROFILE === 'dev';
  }

  /** @throws UpError; nothing is stopped then, `stop` does that */
  async start(): Promise<RunFile> {
    const { environment, home, say } = this.modules;
    const { config } = environment;
    const externalRootUrl = config.FLOTILLA_ROOT_RPC_URL;
    const relayerKeyFile = await ensureRelayerKey({
      home,
      chosenFile: config.FLOTILLA_RELAYER_KEY_FILE,
      externalRootUrl,
      profile: config.FLOTILLA_PROFILE,
    });
    const { homeConfig, table } = { homeConfig: this.#homeConfig, table: this.#table };
    const plan = await makePlan({ environment, home, homeConfig, table, say }, relayerKeyFile);
    this.#plan = plan;
    for (const service of [...plan.foundations, ...plan.apps]) {
      this.#services.set(service.name, this.#manage(service));
    }
    await Promise.all([
      this.#upAll(plan.foundations),
      externalRootUrl === undefined
        ? undefined
        : prepareExternalRoot({ rpcUrl: externalRootUrl, relayerKeyFile }, homeConfig, say),
    ]);
    await this.#upAll(plan.apps);
    await bringUpChains(plan.urls, this.isDev, { home, homeConfig, clock: this.#clock, say });
    this.#throwIfCancelled();
    this.#ready = true;
    return this.#writeRunFile(plan);
  }

  /** Makes a `start` that is under way give up. */
  cancel(): void {
    this.#cancelled.abort();
  }

  /**
   * Ends everything in order; `force` kills instead of asking. Resolves when nothing is left. A start that
   * failed before it touched anything leaves what an earlier supervisor left.
   */
  async stop(options: { readonly force: boolean }): Promise<void> {
    const { home, say } = this.modules;
    this.#ready = false;
    this.cancel();
    if (this.#plan === undefined) return;
    for (const name of APPS_FIRST) await this.#stopService(name, options);
    const chains = runningChains(home).length;
    if (chains > 0 && !options.force) say(`stopping ${chains} chain${chains === 1 ? '' : 's'}`);
    await stopChains(home, this.#clock, options);
    for (const name of FOUNDATIONS_LAST) await this.#stopService(name, options);
    await removeGroups(home, this.modules.environment.config.FLOTILLA_CGROUP_ROOT, this.#clock);
    rmSync(home.runFile, { force: true });
  }

  async #upAll(services: readonly Service[]): Promise<void> {
    this.#throwIfCancelled();
    const results = await Promise.allSettled(services.map((service) => this.#up(service)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#throwIfCancelled();
  }

  #manage(service: Service): ManagedService {
    const { home, say } = this.modules;
    return new ManagedService(service, {
      home,
      table: this.#table,
      clock: this.#clock,
      onRestart: ({ title }, pid) => {
        say(`${title} ended and was started again as ${pid}`);
        if (this.#ready && this.#plan) this.#writeRunFile(this.#plan);
      },
      onTrouble: say,
    });
  }

  async #up(service: Service): Promise<void> {
    const managed = this.#services.get(service.name);
    invariant(managed !== undefined, `${service.name} is not planned`);
    const arrival = await managed.up(this.#cancelled.signal);
    this.modules.say(`${service.title} ${ARRIVALS[arrival]}`);
    void managed.watch();
  }

  async #stopService(name: string, options: { readonly force: boolean }): Promise<void> {
    const managed = this.#services.get(name);
    if (managed === undefined) return;
    if (managed.isRunning && !options.force) this.modules.say(`stopping ${managed.service.title}`);
    // Also when it is down: it may be waiting to be started again.
    await managed.stop(options);
  }

  #throwIfCancelled(): void {
    if (this.#cancelled.signal.aborted) throw new UpError(UpErrorCode.Interrupted, 'interrupted');
  }

  #writeRunFile({ urls }: Plan): RunFile {
    const { home } = this.modules;
    const run: RunFile = {
      ...urls,
      dashboardUrl: `${urls.apiUrl}/`,
      adminKeyFile: home.adminKeyFile,
      pid: process.pid,
      processes: this.#table.list(),
    };
    saveJson(home.runFile, run);
    return run;
  }
}
